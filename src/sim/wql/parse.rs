//! Parses tokens to a query.
//!
//! Grammar of the subset: `select * | names from class [where condition]`, and both traversals with their clauses. Classes and
//! properties are checked only when the query is evaluated.

use super::{
    Condition, Literal, MAX_DEPTH, Operator, Query, QueryError, Select, Walk,
    lex::{Token, tokens},
    refuse,
};
use crate::sim::path::ObjectPath;

pub(super) fn parse(text: &str) -> Result<Query, QueryError> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0 };
    let query = match parser.name()?.to_ascii_lowercase().as_str() {
        "select" => Query::Select(parser.select()?),
        "associators" => Query::Walk(parser.walk(false)?),
        "references" => Query::Walk(parser.walk(true)?),
        other => return refuse(format!("\"{other}\" begins no query")),
    };
    match parser.next() {
        None => Ok(query),
        Some(_) => refuse("words after the end of the query"),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += usize::from(token.is_some());
        token
    }

    fn name(&mut self) -> Result<String, QueryError> {
        match self.next() {
            Some(Token::Status(name)) => Ok(name),
            _ => refuse("a name is missing"),
        }
    }

    /// Consumes the keyword if it is next.
    fn takes(&mut self, keyword: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Status(word)) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(found);
        found
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(next)) if *next == sign);
        self.at += usize::from(found);
        found
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), QueryError> {
        if self.takes(keyword) { Ok(()) } else { refuse(format!("\"{keyword}\" is missing")) }
    }

    fn select(&mut self) -> Result<Select, QueryError> {
        let properties = if self.takes_sign("*") {
            None
        } else {
            let mut names = vec![self.name()?];
            while self.takes_sign(",") {
                names.push(self.name()?);
            }
            Some(names)
        };
        self.keyword("from")?;
        let class = self.name()?;
        let condition = if self.takes("where") { Some(self.either(0)?) } else { None };
        Ok(Select { properties, class, condition })
    }

    fn either(&mut self, depth: usize) -> Result<Condition, QueryError> {
        let mut left = self.both(depth)?;
        while self.takes("or") {
            left = Condition::Or(Box::new(left), Box::new(self.both(depth)?));
        }
        Ok(left)
    }

    fn both(&mut self, depth: usize) -> Result<Condition, QueryError> {
        let mut left = self.negated(depth)?;
        while self.takes("and") {
            left = Condition::And(Box::new(left), Box::new(self.negated(depth)?));
        }
        Ok(left)
    }

    fn negated(&mut self, depth: usize) -> Result<Condition, QueryError> {
        if depth >= MAX_DEPTH {
            return refuse("the condition is nested too deep");
        }
        if self.takes("not") {
            return Ok(Condition::Not(Box::new(self.negated(depth + 1)?)));
        }
        if self.takes_sign("(") {
            let inner = self.either(depth + 1)?;
            return if self.takes_sign(")") { Ok(inner) } else { refuse("\")\" is missing") };
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Condition, QueryError> {
        if let Some(literal) = self.literal()? {
            // The value may come first; the operator is then reversed.
            let operator = self.operator()?.reversed();
            return Ok(Condition::Compare { property: self.name()?, operator, literal });
        }
        let property = self.name()?;
        if self.takes("isa") {
            return match self.next() {
                Some(Token::Text(class)) if property.eq_ignore_ascii_case("__this") => {
                    Ok(Condition::IsA(class))
                }
                _ => refuse("isa wants __this on its left and a class in quotes on its right"),
            };
        }
        let inverted = self.takes("not");
        if self.takes("like") {
            return match self.next() {
                Some(Token::Text(pattern)) => Ok(Condition::Like { property, pattern }.inverted_if(inverted)),
                _ => refuse("like wants a text"),
            };
        }
        if inverted {
            return refuse("\"not\" in the middle of a comparison");
        }
        if self.takes("is") {
            let inverted = self.takes("not");
            self.keyword("null")?;
            return Ok(Condition::IsNull(property).inverted_if(inverted));
        }
        let operator = self.operator()?;
        if self.takes("null") {
            return match operator {
                Operator::Equal => Ok(Condition::IsNull(property)),
                Operator::Unequal => Ok(Condition::IsNull(property).inverted_if(true)),
                _ => refuse("null is neither less nor more than anything"),
            };
        }
        match self.literal()? {
            Some(literal) => Ok(Condition::Compare { property, operator, literal }),
            None => refuse("a value is missing"),
        }
    }

    fn literal(&mut self) -> Result<Option<Literal>, QueryError> {
        let literal = match self.peek() {
            Some(Token::Text(text)) => Literal::Text(text.clone()),
            Some(Token::Number(text)) => match text.parse() {
                Ok(number) => Literal::Number(number),
                Err(_) => return refuse(format!("\"{text}\" is no number")),
            },
            Some(Token::Status(word)) if word.eq_ignore_ascii_case("true") => Literal::Boolean(true),
            Some(Token::Status(word)) if word.eq_ignore_ascii_case("false") => Literal::Boolean(false),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(literal))
    }

    fn operator(&mut self) -> Result<Operator, QueryError> {
        match self.next() {
            Some(Token::Sign("=")) => Ok(Operator::Equal),
            Some(Token::Sign("<>" | "!=")) => Ok(Operator::Unequal),
            Some(Token::Sign("<")) => Ok(Operator::Less),
            Some(Token::Sign("<=")) => Ok(Operator::LessOrEqual),
            Some(Token::Sign(">")) => Ok(Operator::Greater),
            Some(Token::Sign(">=")) => Ok(Operator::GreaterOrEqual),
            _ => refuse("a comparison is missing"),
        }
    }

    fn walk(&mut self, rows: bool) -> Result<Walk, QueryError> {
        self.keyword("of")?;
        let Some(Token::Path(text)) = self.next() else {
            return refuse("an object path in braces is missing");
        };
        let Some(from) = ObjectPath::parse(&text) else {
            return refuse(format!("{{{text}}} is no path of an object"));
        };
        let mut walk =
            Walk { rows, from, assoc_class: None, result_class: None, role: None, result_role: None };
        if self.takes("where") {
            while self.peek().is_some() {
                let name = self.name()?;
                let slot = match name.to_ascii_lowercase().as_str() {
                    "resultclass" => &mut walk.result_class,
                    "role" => &mut walk.role,
                    "assocclass" if !rows => &mut walk.assoc_class,
                    "resultrole" if !rows => &mut walk.result_role,
                    _ => return refuse(format!("\"{name}\" is no clause that is understood here")),
                };
                if slot.is_some() {
                    return refuse(format!("\"{name}\" is given twice"));
                }
                if !self.takes_sign("=") {
                    return refuse("\"=\" is missing");
                }
                *slot = Some(self.name()?);
            }
        }
        Ok(walk)
    }
}

impl Condition {
    fn inverted_if(self, inverted: bool) -> Self {
        if inverted { Self::Not(Box::new(self)) } else { self }
    }
}

impl Operator {
    fn reversed(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }
}
