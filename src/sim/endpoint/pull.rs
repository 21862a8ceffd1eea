//! Pull and Release: the next page of an enumeration, or its end.
//!
//! Without `MaxElements` a page has one item. A page ends near 76 000 characters, as recorded pages do, and at the envelope size
//! of the request. Each answer has a new context, the last one none. Follows DSP0226 sections 8.4 and 8.5.

use super::{
    Caller, Done, Failed, State,
    contexts::{Enumeration, Shape},
};
use crate::{
    sim::{
        instance::Instance,
        message::{self, Answer, Fault, Node, Request, Vocabulary, kinds, ns},
    },
    xml::{UnwritableText, Writer},
};

const PULLED: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/PullResponse";
const RELEASED: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/ReleaseResponse";

/// The default `MaxBatchItems` of a service.
const MAX_ITEMS: usize = 32_000;
/// The size at which recorded pages end.
const PAGE_CHARACTERS: usize = 76_000;
/// A generous size of an answer without its items.
const AROUND_ITEMS: usize = 1500;

impl State {
    pub(super) fn pull(
        &mut self,
        request: &Request,
        caller: &Caller,
        message_id: &str,
    ) -> Result<Done, Failed> {
        let (body, context) = context(request, "Pull")?;
        if body.child(ns::ENUMERATION, "MaxTime").is_some() {
            return Err(Fault::new(&kinds::MAX_TIME, "MaxTime").into());
        }
        let most = match number(body, "MaxElements")? {
            None => 1,
            Some(asked) => asked.min(MAX_ITEMS),
        };
        let characters = number(body, "MaxCharacters")?.unwrap_or(PAGE_CHARACTERS).min(PAGE_CHARACTERS);
        let mut enumeration = self.contexts.take(context, &caller.name, self.node)?;
        let (now, build) = (self.host.now(), self.host.spec.build);
        let page = match page(&mut enumeration, most, characters, request.max_envelope, build) {
            Ok(page) => page,
            Err(failed) => {
                // An item that does not fit stays in the enumeration: the caller can pull again with a larger size.
                self.contexts.keep(context.to_owned(), enumeration, now)?;
                return Err(failed);
            }
        };
        let over = enumeration.left.is_empty();
        let next = if over { None } else { Some(self.uuid()) };

        let mut answer =
            Answer::begin(Vocabulary::Enumeration, PULLED, message_id, Some(&request.message_id), None);
        let writer = answer.body();
        writer.start("n:PullResponse", &[]);
        if let Some(next) = next {
            writer.leaf("n:EnumerationContext", &[], &next);
            self.contexts.keep(next, enumeration, now)?;
        }
        writer.start("n:Items", &[]).written(&page).end();
        if over {
            writer.empty("n:EndOfSequence", &[]);
        }
        Ok(Done { envelope: answer.finish()?, return_value: None })
    }

    pub(super) fn release(
        &mut self,
        request: &Request,
        caller: &Caller,
        message_id: &str,
    ) -> Result<Done, Failed> {
        let (_, context) = context(request, "Release")?;
        self.contexts.take(context, &caller.name, self.node)?;
        let answer =
            Answer::begin(Vocabulary::Enumeration, RELEASED, message_id, Some(&request.message_id), None);
        Ok(Done { envelope: answer.finish()?, return_value: None })
    }
}

fn context<'a>(request: &'a Request, local: &str) -> Result<(&'a Node, &'a str), Fault> {
    let body = request.body.as_ref().filter(|body| body.is(ns::ENUMERATION, local));
    let body =
        body.ok_or_else(|| Fault::new(&kinds::SCHEMA_VALIDATION, format!("the body is no {local}")))?;
    match body.child(ns::ENUMERATION, "EnumerationContext") {
        Some(context) => Ok((body, context.trimmed())),
        None => Err(Fault::new(&kinds::SCHEMA_VALIDATION, "there is no EnumerationContext")),
    }
}

fn number(body: &Node, local: &str) -> Result<Option<usize>, Fault> {
    match body.child(ns::ENUMERATION, local).map(|child| child.trimmed().parse::<u64>()) {
        None => Ok(None),
        Some(Ok(number)) if number > 0 => Ok(Some(usize::try_from(number).unwrap_or(usize::MAX))),
        Some(_) => Err(Fault::new(&kinds::SCHEMA_VALIDATION, format!("{local} is no positive number"))),
    }
}

/// Takes as many items as fit, at least one.
fn page(
    enumeration: &mut Enumeration,
    most: usize,
    characters: usize,
    envelope: usize,
    build: u32,
) -> Result<String, Failed> {
    let (mut page, mut taken, mut written) = (String::new(), 0, 0_usize);
    while let Some(next) = enumeration.left.front().filter(|_| taken < most) {
        let item = item(next, enumeration, build)?;
        let bytes = page.len() + item.len() + AROUND_ITEMS;
        written += item.chars().count();
        if bytes > envelope && taken == 0 {
            return Err(Fault::new(&kinds::ENVELOPE_TOO_LARGE, format!("{bytes} of {envelope} bytes")).into());
        }
        if taken > 0 && (bytes > envelope || written > characters) {
            break;
        }
        page.push_str(&item);
        taken += 1;
        enumeration.left.pop_front();
    }
    Ok(page)
}

/// One item, as markup.
pub(super) fn item(
    instance: &Instance,
    enumeration: &Enumeration,
    build: u32,
) -> Result<String, UnwritableText> {
    let (mut writer, within) = (Writer::new(), &enumeration.resource);
    match &enumeration.shape {
        Shape::Object => message::instance(&mut writer, instance, within, build),
        Shape::Fragment(properties) => message::fragment(&mut writer, instance, properties, within),
        Shape::Reference => message::endpoint_reference(&mut writer, &instance.path(), within),
        Shape::ObjectAndReference => {
            writer.start("w:Item", &[]);
            message::instance(&mut writer, instance, within, build);
            message::endpoint_reference(&mut writer, &instance.path(), within);
        }
    }
    writer.finish()
}
