//! A list of values or keys, given as one parameter, as a table `p`.

use super::{Dialect, Renderer};
use crate::statement::{ColumnName, Parameter, Values};

impl Renderer {
    /// The list as a table. Each row has a part for each column, and its number from 1 in `o` where asked for.
    pub(super) fn list(&mut self, columns: &[&ColumnName], list: Parameter, numbered: bool) {
        match self.dialect {
            Dialect::Sqlite => {
                self.text(if columns.len() > 1 { "json_each(" } else { "rarray(" });
                self.parameter(list);
                self.text(") AS p");
            }
            Dialect::Postgres => {
                if let [column] = columns {
                    self.text("unnest(");
                    self.array(column, list);
                } else {
                    self.text("json_array_elements(CAST(");
                    self.parameter(list);
                    self.text(" AS json)");
                }
                self.text(if numbered { ") WITH ORDINALITY AS p(v, o)" } else { ") AS p(v)" });
            }
            Dialect::MariaDb | Dialect::MySql => {
                self.text("JSON_TABLE(");
                self.parameter(list);
                self.text(", '$[*]' COLUMNS (");
                if numbered {
                    self.text("o FOR ORDINALITY, ");
                }
                for (index, column) in columns.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    let path = if columns.len() > 1 { format!("$[{index}]") } else { "$".to_owned() };
                    self.text(&format!("{comma}k{index} {} PATH '{path}'", column.comparison_type));
                }
                self.text(")) AS p");
            }
        }
    }

    /// A list of values as PostgreSQL's array.
    pub(super) fn array(&mut self, column: &ColumnName, list: Parameter) {
        self.text("CAST(");
        self.parameter(list);
        self.text(" AS ");
        self.text(&column.comparison_type);
        self.text("[])");
    }

    /// One part of a row of the table `p`, without an affinity of its own, so that it takes the one of the column it meets.
    pub(super) fn list_part(&mut self, columns: &[&ColumnName], index: usize) {
        let text = match (self.dialect, columns.len()) {
            (Dialect::Sqlite, 1) => "+p.value".to_owned(),
            (Dialect::Sqlite, _) => {
                // Bytes travel as objects.
                let place = format!("p.value, '$[{index}]");
                format!(
                    "iif(json_type({place}') = 'object', unhex(json_extract({place}.b')), json_extract({place}'))"
                )
            }
            (Dialect::Postgres, 1) => "p.v".to_owned(),
            (Dialect::Postgres, _) => {
                format!("CAST(p.v ->> {index} AS {})", columns[index].comparison_type)
            }
            // Bytes travel as hexadecimal digits.
            (_, _) if columns[index].values == Values::Bytes => format!("UNHEX(p.k{index})"),
            (Dialect::MariaDb | Dialect::MySql, _) => format!("p.k{index}"),
        };
        self.text(&text);
    }
}
