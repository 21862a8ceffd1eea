//! CIM values: parsed from text to types, and written as properties; compared with a copy of the same texts.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use hvsnap::{
    benching::{Codec, samples},
    cim::{CimType, Raw, Value},
};

/// All of them as values.
pub(crate) fn read(raws: &[(Raw<'static>, CimType)]) -> Vec<Value> {
    raws.iter().map(|(raw, cim_type)| raw.to_value(*cim_type).unwrap()).collect()
}

pub(crate) fn values(criterion: &mut Criterion) {
    let codec = Codec::new(samples::MACHINE, samples::SNAPSHOT).unwrap();
    let raws = samples::raws();
    let values: Vec<(&str, Value)> = read(&raws).into_iter().map(|value| ("p:Property", value)).collect();
    let texts: Vec<String> = samples::TEXTS.iter().map(|(text, _)| (*text).to_owned()).collect();
    let written = codec.encode_values(&values).unwrap();

    let mut group = criterion.benchmark_group("read CIM values");
    group.throughput(Throughput::Elements(raws.len() as u64));
    group.bench_function("hvsnap", |bencher| bencher.iter(|| read(black_box(&raws))));
    group.bench_function("limit: copies of the texts", |bencher| bencher.iter(|| black_box(&texts).clone()));
    group.finish();

    let mut group = criterion.benchmark_group("write CIM values");
    group.throughput(Throughput::Elements(values.len() as u64));
    group.bench_function("hvsnap", |bencher| {
        bencher.iter(|| codec.encode_values(black_box(&values)).unwrap())
    });
    group.bench_function("limit: memcpy", |bencher| bencher.iter(|| black_box(&written).clone()));
    group.finish();
}
