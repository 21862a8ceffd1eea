//! Tests of the pull reader.

use super::*;

fn violation(text: &str) -> Violation {
    let limits = Limits {
        xml_depth: 8,
        xml_attributes: 4,
        xml_name_bytes: 30,
        xml_text_bytes: 40,
        ..Limits::default()
    };
    walk(text, &limits).unwrap_err().violation()
}

/// Reads a document to its end and returns the texts of its leaves.
fn walk(text: &str, limits: &Limits) -> Result<Vec<String>> {
    fn inner<'a>(reader: &mut Reader<'a>, element: &Element<'a>, leaves: &mut Vec<String>) -> Result<()> {
        match reader.content(element)? {
            Content::Text(text) => leaves.push(format!("{}={text}", element.name.local)),
            Content::Child(first) => {
                inner(reader, &first, leaves)?;
                while let Some(child) = reader.child(element)? {
                    inner(reader, &child, leaves)?;
                }
            }
        }
        Ok(())
    }
    let mut reader = Reader::new(text, limits);
    let root = reader.root()?;
    let mut leaves = Vec::new();
    inner(&mut reader, &root, &mut leaves)?;
    reader.finish()?;
    Ok(leaves)
}

#[test]
fn a_prefix_bound_anew_inside_means_the_inner_namespace_and_the_outer_one_after_it() {
    let limits = Limits::default();
    let text = r#"<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2"/><p:c/><d xmlns="urn:3"/></p:a>"#;
    let mut reader = Reader::new(text, &limits);
    let root = reader.root().unwrap();
    let mut names = Vec::new();
    while let Some(child) = reader.child(&root).unwrap() {
        names.push(format!("{{{}}}{}", child.name.namespace, child.name.local));
    }
    assert_eq!(names, ["{urn:2}b", "{urn:1}c", "{urn:3}d"]);
    reader.finish().unwrap();
}

#[test]
fn a_child_left_half_read_is_passed_over() {
    let limits = Limits::default();
    let mut reader = Reader::new("<a><b><c>1</c><c>2</c></b><d>3</d></a>", &limits);
    let root = reader.root().unwrap();
    let b = reader.child(&root).unwrap().unwrap();
    reader.child(&b).unwrap().unwrap();
    let d = reader.child(&root).unwrap().unwrap();
    assert_eq!(reader.text(&d).unwrap(), "3");
    assert!(reader.child(&root).unwrap().is_none());
    reader.finish().unwrap();
}

#[test]
fn texts_join_entities_cdata_and_line_ends() {
    let limits = Limits::default();
    assert_eq!(
        walk("<a>x &amp;&#x41;&lt;<![CDATA[<&]]>\r\ny<!-- c --></a>", &limits).unwrap(),
        ["a=x &A<<&\ny"]
    );
    assert_eq!(walk("\u{20}<!--c--><?pi?><a/>\n", &limits).unwrap(), ["a="]);
}

#[test]
fn a_text_without_markup_is_borrowed() {
    let limits = Limits::default();
    let mut reader = Reader::new("<a>plain</a>", &limits);
    let root = reader.root().unwrap();
    assert!(matches!(reader.text(&root), Ok(Cow::Borrowed("plain"))));
}

#[test]
fn attributes_are_found_by_namespace_and_unescaped() {
    let limits = Limits::default();
    let text = r#"<a xmlns:x="urn:x" x:n="1" n="a&amp;b"><b/></a>"#;
    let mut reader = Reader::new(text, &limits);
    let root = reader.root().unwrap();
    assert_eq!(reader.attribute(&root, "urn:x", "n").unwrap().unwrap(), "1");
    assert_eq!(reader.attribute(&root, "", "n").unwrap().unwrap(), "a&b");
    assert_eq!(reader.attribute(&root, "urn:y", "n").unwrap(), None);
}

#[test]
fn raw_gives_the_inner_markup_as_it_stands() {
    let limits = Limits::default();
    for (text, expected) in [
        ("<a><b n=\"1\" ><c>x</c> y&amp;</b><d/></a>", "<c>x</c> y&amp;"),
        ("<a><b></b><d/></a>", ""),
        ("<a><b/><d/></a>", ""),
        ("<a><b>text</b><d/></a>", "text"),
    ] {
        let mut reader = Reader::new(text, &limits);
        let root = reader.root().unwrap();
        let b = reader.child(&root).unwrap().unwrap();
        assert_eq!(reader.raw(&b).unwrap(), expected, "{text}");
        assert_eq!(reader.child(&root).unwrap().unwrap().name.local, "d");
        reader.finish().unwrap();
    }
}

#[test]
fn a_qualified_name_in_a_text_is_resolved_where_it_stands() {
    let limits = Limits::default();
    let mut reader = Reader::new(r#"<a xmlns:w="urn:w"><b xmlns:w="urn:v"> w:X </b><b>Y</b></a>"#, &limits);
    let root = reader.root().unwrap();
    let b = reader.child(&root).unwrap().unwrap();
    assert_eq!(reader.qualified_name(&b).unwrap(), ("urn:v".to_owned(), "X".to_owned()));
    let b = reader.child(&root).unwrap().unwrap();
    assert_eq!(reader.qualified_name(&b).unwrap(), (String::new(), "Y".to_owned()));
}

#[test]
fn every_offence_has_its_name() {
    assert_eq!(violation(""), Violation::Truncated);
    assert_eq!(violation("<a>"), Violation::Truncated);
    assert_eq!(violation("<a"), Violation::Truncated);
    assert_eq!(violation("<a></b>"), Violation::NotWellFormed);
    assert_eq!(violation("x<a/>"), Violation::NotWellFormed);
    assert_eq!(violation("<a/><b/>"), Violation::TrailingContent);
    assert_eq!(violation("<a/>x"), Violation::TrailingContent);
    assert_eq!(violation("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"), Violation::DocumentType);
    assert_eq!(violation("<a>&e;</a>"), Violation::UnknownEntity);
    assert_eq!(violation("<a>&#xD800;</a>"), Violation::UnknownEntity);
    assert_eq!(violation("<a xmlns:b=\"&e;\"/>"), Violation::UnknownEntity);
    assert_eq!(violation("<p:a/>"), Violation::UndeclaredPrefix);
    assert_eq!(violation(&"<a>".repeat(9)), Violation::TooDeep);
    assert_eq!(violation("<a a=\"\" b=\"\" c=\"\" d=\"\" e=\"\"/>"), Violation::TooManyAttributes);
    assert_eq!(violation("<a a=\"\" a=\"\"/>"), Violation::NotWellFormed);
    for name in ["a=\"b\"", "a:b:c", ":a", "a:", "1", "-", "a/b", "a<b"] {
        assert_eq!(violation(&format!("<{name}></{name}>")), Violation::NotWellFormed, "{name}");
    }
    assert_eq!(violation("<p:a xmlns:p=\"\"/>"), Violation::NotWellFormed);
    assert_eq!(
        violation("<a xmlns:b=\"b\" xmlns:c=\"c\" xmlns:d=\"d\"><e xmlns:f=\"f\" xmlns:g=\"g\"/></a>"),
        Violation::TooManyAttributes
    );
    assert_eq!(violation(&format!("<{}/>", "a".repeat(31))), Violation::TextTooLong);
    assert_eq!(violation(&format!("<a xmlns=\"{}\"/>", "a".repeat(31))), Violation::TextTooLong);
    assert_eq!(violation(&format!("<a>{}</a>", "x".repeat(41))), Violation::TextTooLong);
    assert_eq!(violation(&format!("<a>{}</a>", "x&amp;".repeat(21))), Violation::TextTooLong);
}

#[test]
fn a_document_cut_at_any_byte_is_an_error() {
    let limits = Limits::default();
    let text = "<?xml version=\"1.0\"?><p:a xmlns:p=\"urn:1\"><p:b n=\"1\">x&amp;<![CDATA[y]]></p:b><!-- c --><p:c/></p:a>";
    assert!(walk(text, &limits).is_ok());
    for end in 0..text.len() {
        assert!(walk(text.get(..end).unwrap(), &limits).is_err(), "cut at {end}");
    }
}
