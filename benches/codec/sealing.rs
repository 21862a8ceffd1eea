//! Sealing and unsealing with NTLM, compared with RC4 and HMAC-MD5 alone.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput};
use hmac::{Hmac, KeyInit as _, Mac as _};
use hvsnap::benching::Sealing;
use md5::Md5;
use rc4::{Rc4, StreamCipher as _};

const SIZES: [usize; 3] = [1024, 16 * 1024, 150 * 1024];

pub(crate) fn sealing(criterion: &mut Criterion) {
    for size in SIZES {
        let plain: Vec<u8> = (0..size).map(|place| b"<p:Name>web-01</p:Name>"[place % 23]).collect();
        let mut group = criterion.benchmark_group(format!("seal {} KiB", size / 1024));
        group.throughput(Throughput::Bytes(size as u64));
        let mut session = Sealing::new();
        group.bench_function("hvsnap", |bencher| bencher.iter(|| session.seal(black_box(&plain)).unwrap()));
        group.bench_function("limit: RC4 and HMAC-MD5", |bencher| {
            let (mut cipher, mut data) = (cipher(), plain.clone());
            bencher.iter(|| limit(&mut cipher, black_box(&mut data)));
        });
        group.finish();

        let mut group = criterion.benchmark_group(format!("unseal {} KiB", size / 1024));
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function("hvsnap", |bencher| {
            let mut session = Sealing::new();
            let seal = || Sealing::new().seal(&plain).unwrap();
            // Each message can be unsealed once, after all earlier ones.
            let message = seal();
            bencher.iter_batched(
                || std::mem::replace(&mut session, Sealing::new()),
                |mut session| session.unseal(black_box(&message)).unwrap(),
                BatchSize::SmallInput,
            );
        });
        group.bench_function("limit: RC4 and HMAC-MD5", |bencher| {
            let (mut cipher, mut data) = (cipher(), plain.clone());
            bencher.iter(|| limit(&mut cipher, black_box(&mut data)));
        });
        group.finish();
    }
}

fn cipher() -> Rc4 {
    let key: [u8; 16] = std::array::from_fn(|place| place as u8);
    rc4::KeyInit::new_from_slice(&key).unwrap()
}

/// The work of every implementation: the key stream over the data, and a code over the plain text.
fn limit(cipher: &mut Rc4, data: &mut [u8]) -> [u8; 16] {
    let mut code = Hmac::<Md5>::new_from_slice(&[7; 16]).unwrap();
    code.update(data);
    cipher.apply_keystream(data);
    code.finalize().into_bytes().into()
}
