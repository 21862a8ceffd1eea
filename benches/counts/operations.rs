//! The operations, each with the minimum work on the same bytes. They are those of `benches/codec`, and a large tree.
//!
//! The inputs of an operation are made separately, and are the same for any number of repeats.

use std::hint::black_box;

use hmac::{Hmac, KeyInit as _, Mac as _};
use hvsnap::{
    benching::{Codec, Sealing, samples},
    cim::{CimType, Raw, Value},
};
use md5::Md5;
use quick_xml::{Reader, events::Event};
use rc4::{Rc4, StreamCipher as _};

/// Work that can be repeated.
pub(crate) type Work = Box<dyn FnMut()>;

/// The operation of hvsnap, and its limit.
pub(crate) struct Sides {
    pub(crate) hvsnap: Work,
    pub(crate) limit: Work,
}

pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// Enough to outweigh variations between runs; few, because callgrind is slow.
    pub(crate) repeats: u32,
    /// The description of the limit.
    pub(crate) limit: &'static str,
    pub(crate) make: fn() -> Sides,
}

const fn operation(name: &'static str, repeats: u32, limit: &'static str, make: fn() -> Sides) -> Operation {
    Operation { name, repeats, limit, make }
}

pub(crate) const OPERATIONS: &[Operation] = &[
    operation("encode Invoke", 100, "copy", || encode(Codec::encode_invoke)),
    operation("encode Enumerate", 100, "copy", || encode(Codec::encode_enumerate)),
    operation("decode method output", 50, "raw reader", || {
        decode(samples::output(), |codec, text| codec.decode_output(text).unwrap() as usize)
    }),
    operation("decode job", 50, "raw reader", || {
        decode(samples::job(), |codec, text| usize::from(codec.decode_job(text).unwrap()))
    }),
    operation("decode fault", 50, "raw reader", || {
        decode(samples::fault(), |codec, text| codec.decode_fault(text).unwrap() as usize)
    }),
    operation("decode 100 instances", 2, "raw reader", || {
        decode(samples::page(100), |codec, text| codec.decode_instances(text).unwrap())
    }),
    operation("decode 100 settings", 2, "raw reader", || {
        decode(samples::page(100), |codec, text| codec.decode_settings(text, samples::MACHINE).unwrap())
    }),
    operation("tree of 1000", 2, "copy", tree),
    operation("read CIM values", 200, "copies of the texts", read_values),
    operation("write CIM values", 200, "copy", write_values),
    operation("seal 16 KiB", 5, "RC4 and HMAC-MD5", seal),
    operation("unseal 16 KiB", UNSEALED, "RC4 and HMAC-MD5", unseal),
];

fn codec() -> Codec {
    Codec::new(samples::MACHINE, samples::SNAPSHOT).unwrap()
}

fn copy(written: String) -> Work {
    Box::new(move || drop(black_box(black_box(&written).clone())))
}

fn encode(encode: fn(&Codec) -> Result<String, String>) -> Sides {
    let codec = codec();
    let written = encode(&codec).unwrap();
    Sides {
        hvsnap: Box::new(move || drop(black_box(encode(black_box(&codec)).unwrap()))),
        limit: copy(written),
    }
}

fn decode(text: String, decode: fn(&Codec, &str) -> usize) -> Sides {
    let (codec, same) = (codec(), text.clone());
    Sides {
        hvsnap: Box::new(move || {
            black_box(decode(&codec, black_box(&text)));
        }),
        limit: Box::new(move || raw(black_box(&same))),
    }
}

/// The limit of reading: visits every event once and ignores the content.
fn raw(text: &str) {
    let mut reader = Reader::from_str(text);
    while !matches!(black_box(reader.read_event().unwrap()), Event::Eof) {}
}

/// A chain. Ten times the size costs ten times as much; a budget would be far too small for anything else.
fn tree() -> Sides {
    let settings = codec().settings(&samples::page(1000), samples::MACHINE).unwrap();
    let same = settings.clone();
    Sides {
        hvsnap: Box::new(move || {
            black_box(black_box(&settings).tree().unwrap());
        }),
        limit: Box::new(move || drop(black_box(black_box(&same).clone()))),
    }
}

fn values(raws: &[(Raw<'static>, CimType)]) -> Vec<Value> {
    raws.iter().map(|(raw, cim_type)| raw.to_value(*cim_type).unwrap()).collect()
}

fn read_values() -> Sides {
    let raws = samples::raws();
    let texts: Vec<String> = samples::TEXTS.iter().map(|(text, _)| (*text).to_owned()).collect();
    Sides {
        hvsnap: Box::new(move || drop(black_box(values(black_box(&raws))))),
        limit: Box::new(move || drop(black_box(black_box(&texts).clone()))),
    }
}

fn write_values() -> Sides {
    let codec = codec();
    let values: Vec<(&str, Value)> =
        values(&samples::raws()).into_iter().map(|value| ("p:Property", value)).collect();
    let written = codec.encode_values(&values).unwrap();
    Sides {
        hvsnap: Box::new(move || drop(black_box(codec.encode_values(black_box(&values)).unwrap()))),
        limit: copy(written),
    }
}

fn plain() -> Vec<u8> {
    b"<p:Name>web-01</p:Name>".iter().copied().cycle().take(16 * 1024).collect()
}

fn seal() -> Sides {
    let (mut session, plain) = (Sealing::new(), plain());
    Sides {
        hvsnap: Box::new(move || drop(black_box(session.seal(black_box(&plain)).unwrap()))),
        limit: rc4_and_hmac(),
    }
}

/// Each message can be unsealed once, after all earlier ones, so this fixed number is made.
const UNSEALED: u32 = 5;

fn unseal() -> Sides {
    let (mut session, plain) = (Sealing::new(), plain());
    let messages: Vec<_> = (0..2 * UNSEALED).map(|_| session.seal(&plain).unwrap()).collect();
    let mut messages = messages.into_iter();
    Sides {
        hvsnap: Box::new(move || {
            let message = messages.next().unwrap();
            drop(black_box(session.unseal(black_box(&message)).unwrap()));
        }),
        limit: rc4_and_hmac(),
    }
}

/// The work of every implementation: the key stream over the data, and a code over the plain text.
fn rc4_and_hmac() -> Work {
    let key: [u8; 16] = std::array::from_fn(|place| place as u8);
    let mut cipher: Rc4 = rc4::KeyInit::new_from_slice(&key).unwrap();
    let mut data = plain();
    Box::new(move || {
        let data = black_box(&mut data);
        let mut code = Hmac::<Md5>::new_from_slice(&[7; 16]).unwrap();
        code.update(data);
        cipher.apply_keystream(data);
        black_box(code.finalize());
    })
}
