//! Random filters: every operator on every kind of member, over paths, nested; operands mostly from the data.

use super::Generator;
use crate::differential::cells::{Cell, Kind, base64, with_t};
use crate::differential::filter::{Condition, Expression, Operator, operand};
use crate::differential::model::Member;
use crate::differential::request::Grammar;
use crate::harness::engine::Engine;

/// Texts that test case folding, wildcards and escaping.
const WORDS: [&str; 22] = [
    "a", "E", "the", "ROCK", "an", "%", "_", "\\", ",", "'", "\"", "ß", "é", "É", "Ü", "straße", "İ", "x,y",
    "a\\,b", " ", "&=+#", "zzz",
];

impl Generator<'_> {
    /// The conjunction of filters on a type.
    pub(super) fn filters(&mut self, of: usize, grammar: Grammar) -> Vec<Expression> {
        self.conjunction(of, grammar, 3)
    }

    pub(crate) fn conjunction(&mut self, of: usize, grammar: Grammar, depth: usize) -> Vec<Expression> {
        let mut parts = Vec::new();
        let negates = grammar == Grammar::Native;
        if depth > 0 && self.random.percent(25) {
            let branches = 1 + self.random.below(3);
            let branch = |this: &mut Self| Expression::All(this.conjunction(of, grammar, depth - 1));
            parts.push(Expression::Any((0..branches).map(|_| branch(self)).collect()));
        }
        if depth > 0 && negates && self.random.percent(20) {
            parts.push(Expression::Not(Box::new(Expression::All(self.conjunction(of, grammar, depth - 1)))));
        }
        if depth > 0 && !negates && self.random.percent(20) {
            parts.push(Expression::All(self.conjunction(of, grammar, depth - 1)));
        }
        let least = usize::from(parts.is_empty());
        for _ in 0..least + self.random.below(2) {
            parts.push(Expression::Condition(self.condition(of, grammar)));
        }
        self.random.shuffle(&mut parts);
        parts
    }

    fn condition(&mut self, of: usize, grammar: Grammar) -> Condition {
        let steps = *self.random.pick(&[0, 0, 0, 0, 1, 1, 1, 2, 2, 3]);
        let path = self.walk(of, steps, false);
        let end_index = self.model.end(of, &path);
        let end = &self.model.types[end_index];
        let member = match self.random.below(10) {
            0 => Member::Id,
            1..=2 if !end.relationships.is_empty() => {
                Member::Relationship(self.random.below(end.relationships.len()))
            }
            _ if !end.attributes.is_empty() => Member::Attribute(self.random.below(end.attributes.len())),
            _ => Member::Id,
        };
        let kind = end.column_of(member).map(|column| end.columns[column].kind);
        let mut operator = *self.random.pick(Operator::supported(kind));
        let ids_of = match member {
            Member::Relationship(index) => Some(end.relationships[index].target),
            Member::Id if kind.is_none() => Some(end_index),
            _ => None,
        };
        let count = match operator {
            Operator::Between | Operator::Nbetween => 2,
            Operator::In | Operator::Nin => 1 + self.random.below(4),
            Operator::Eq | Operator::Ne
                if matches!(member, Member::Relationship(_)) && grammar == Grammar::Native =>
            {
                1 + self.random.below(2)
            }
            _ => 1,
        };
        let operands: Vec<String> = match ids_of {
            _ if operator == Operator::Null => vec![self.random.percent(50).to_string()],
            Some(of) => (0..count).filter_map(|_| self.id(of)).collect(),
            None => (0..count).map(|_| self.value(end_index, member, operator)).collect(),
        };
        // An empty item cannot be told from an empty list.
        let has_empty = operator != Operator::Eq && operands.iter().any(String::is_empty);
        if operands.len() < count || has_empty {
            operator = Operator::Null;
            return Condition { path, member, operator, operands: vec!["false".to_owned()] };
        }
        Condition { path, member, operator, operands }
    }

    fn id(&mut self, of: usize) -> Option<String> {
        let rows = &self.model.types[of].rows;
        (!rows.is_empty()).then(|| rows[self.random.below(rows.len())].id.clone()).filter(|id| !id.is_empty())
    }

    fn value(&mut self, of: usize, member: Member, operator: Operator) -> String {
        let owner = &self.model.types[of];
        let column = owner.column_of(member).unwrap();
        let kind = owner.columns[column].kind;
        if !owner.rows.is_empty() && self.random.percent(75) {
            let cell = &owner.rows[self.random.below(owner.rows.len())].cells[column];
            if let Some(text) = self.text_of(cell, kind).filter(|text| operand(kind, text).is_some()) {
                let is_part = matches!(operator, Operator::Contains | Operator::Starts | Operator::Ends);
                return if is_part { self.part_of(&text, operator) } else { text };
            }
        }
        self.invented(kind)
    }

    fn text_of(&mut self, cell: &Cell, kind: Kind) -> Option<String> {
        let text = match cell {
            Cell::Null => return None,
            Cell::Integer(number) => number.to_string(),
            Cell::Real(number) => number.to_string(),
            Cell::Text(text) => String::from_utf8(text.clone()).ok()?,
            Cell::Blob(bytes) => base64(bytes),
        };
        let text = if kind == Kind::Timestamp && self.random.percent(50) { with_t(&text) } else { text };
        // Long values make long URLs, which are another test's subject.
        (text.len() < 200 && !text.contains('\0')).then_some(text)
    }

    fn part_of(&mut self, text: &str, operator: Operator) -> String {
        let letters: Vec<char> = text.chars().collect();
        let length = (1 + self.random.below(4)).min(letters.len());
        let start = match operator {
            Operator::Starts => 0,
            Operator::Ends => letters.len() - length,
            _ => self.random.below(letters.len() - length + 1),
        };
        let part: String = letters[start..start + length].iter().collect();
        match self.random.below(4) {
            0 => part.to_uppercase(),
            1 => part.to_lowercase(),
            _ => part,
        }
    }

    fn invented(&mut self, kind: Kind) -> String {
        let number = self.random.between(-20, 400);
        let fraction = self.random.below(100);
        let (month, day) = (1 + self.random.below(12), 10 + self.random.below(18));
        let year = *self.random.pick(&[1950, 1963, 1993, 1996, 1997, 2009, 2010, 2012, 2024, 2025]);
        match kind {
            Kind::Boolean => (*self.random.pick(&["true", "false", "1", "0"])).to_owned(),
            Kind::Integer => number.to_string(),
            Kind::Float | Kind::Decimal => format!("{number}.{fraction:02}"),
            Kind::Date => format!("{year}-{month:02}-{day}"),
            Kind::Timestamp => match self.random.below(3) {
                0 => format!("{year}-{month:02}-{day}"),
                1 => format!("{year}-{month:02}-{day}T10:30"),
                _ => format!("{year}-{month:02}-{day} 00:00:00"),
            },
            Kind::Time => format!("{:02}:{:02}", number.rem_euclid(24), fraction % 60),
            Kind::Binary => base64(&number.to_be_bytes()[6..]),
            // A text that is no UUID is no operand where engines know UUIDs.
            Kind::Uuid if Engine::under_test().is_strict() => {
                format!("00000000-0000-4000-8000-0000000000{fraction:02}")
            }
            Kind::Any if self.random.percent(50) => number.to_string(),
            Kind::Text | Kind::Uuid | Kind::Json | Kind::Any => (*self.random.pick(&WORDS)).to_owned(),
        }
    }
}
