//! The codec compared with its limits: each group measures hvsnap on some bytes, and the minimum work on the same bytes, in the
//! same run. `cargo bench --features bench --bench codec`
//!
//! The limit of reading is quick-xml's raw reader, which borrows and ignores namespaces; of writing, a copy of the finished
//! bytes; of sealing, RC4 and HMAC-MD5 alone.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a bench fails by panicking, and criterion's macros write no documentation"
)]

mod sealing;
mod values;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hvsnap::benching::{Codec, samples};
use quick_xml::{Reader, events::Event};

fn codec() -> Codec {
    Codec::new(samples::MACHINE, samples::SNAPSHOT).unwrap()
}

/// The limit of reading: visits every event once and ignores the content.
fn raw(text: &str) -> usize {
    let mut reader = Reader::from_str(text);
    let mut events = 0;
    while !matches!(black_box(reader.read_event().unwrap()), Event::Eof) {
        events += 1;
    }
    events
}

fn encode(criterion: &mut Criterion) {
    let codec = codec();
    for (name, encode) in [
        ("encode Invoke", Codec::encode_invoke as fn(&Codec) -> Result<String, String>),
        ("encode Enumerate", Codec::encode_enumerate),
    ] {
        let mut group = criterion.benchmark_group(name);
        let written = encode(&codec).unwrap();
        group.throughput(Throughput::Bytes(written.len() as u64));
        group.bench_function("hvsnap", |bencher| bencher.iter(|| encode(black_box(&codec)).unwrap()));
        group.bench_function("limit: memcpy", |bencher| bencher.iter(|| black_box(&written).clone()));
        group.finish();
    }
}

fn decode(criterion: &mut Criterion) {
    let codec = codec();
    let mut reads = |name: &str, text: &str, read: &dyn Fn(&str) -> usize| {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64));
        if text.len() > 1_000_000 {
            group.sample_size(20);
        }
        group.bench_function("hvsnap", |bencher| bencher.iter(|| read(black_box(text))));
        group.bench_function("limit: raw reader", |bencher| bencher.iter(|| raw(black_box(text))));
        group.finish();
    };
    reads("decode method output", &samples::output(), &|text| codec.decode_output(text).unwrap() as usize);
    reads("decode job", &samples::job(), &|text| usize::from(codec.decode_job(text).unwrap()));
    reads("decode fault", &samples::fault(), &|text| codec.decode_fault(text).unwrap() as usize);
    let page = samples::page(2500);
    assert!(page.len() > 10_000_000, "{} bytes", page.len());
    reads("decode 10 MB of instances", &page, &|text| codec.decode_instances(text).unwrap());
    reads("decode 10 MB of settings", &page, &|text| codec.decode_settings(text, samples::MACHINE).unwrap());
}

criterion_group!(benches, encode, decode, values::values, sealing::sealing);
criterion_main!(benches);
