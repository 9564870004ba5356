//! The copy of a database without what a policy hides: hidden rows deleted, hidden values and links to hidden rows NULL,
//! hidden fields and types left out by its configuration.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::layout::{Layout, OWN, foreign_keys};
use super::links::{Place, twins};
use super::script::{Column, Reference, Table};
use super::view::{Shown, View};
use super::written::key;
use crate::differential::cells::Cell;
use crate::differential::model::{Link, Model, Type};
use crate::differential::tables::{self, Tables};

/// A database and how it is served.
pub(super) struct Copied {
    pub(super) script: String,
    pub(super) config: String,
}

/// Makes the copy of a database of which this is seen.
pub(super) fn copy(tables: &Tables, model: &Model, view: &View) -> Copied {
    let layouts = Layout::all(model);
    let copy = Copy { tables, model, view, layouts: &layouts, twins: &twins(model) };
    let mut script = "PRAGMA foreign_keys = off;\nBEGIN;\n".to_owned();
    for of in 0..model.types.len() {
        let anchors = copy.anchors(of);
        copy.table(of).write(&mut script);
        for anchor in &anchors {
            anchor.write(&mut script);
        }
    }
    for table in copy.join_tables() {
        table.write(&mut script);
    }
    script.push_str("COMMIT;\n");
    Copied { script, config: copy.config() }
}

struct Copy<'a> {
    tables: &'a Tables,
    model: &'a Model,
    view: &'a View,
    layouts: &'a [Layout],
    twins: &'a [[Place; 2]],
}

impl Copy<'_> {
    fn seen_rows(&self, of: usize) -> impl Iterator<Item = usize> {
        let rows = &self.view.0[of].rows;
        (0..rows.len()).filter(|row| rows[*row])
    }

    /// The table of a type.
    fn table(&self, of: usize) -> Table {
        let (owner, layout) = (&self.model.types[of], &self.layouts[of]);
        let mut columns: Vec<Column> = owner.columns.iter().map(Column::of).collect();
        for column in layout.twice() {
            columns.push(Column::needed(&owner.columns[column], layout.lasting(owner, column)));
        }
        let key: Vec<String> = owner.key.iter().map(|column| layout.lasting(owner, *column)).collect();
        for column in columns.iter_mut().filter(|column| key.contains(&column.name)) {
            column.is_needed = true;
        }
        let lasting = |columns: &Vec<usize>| columns.iter().map(|it| layout.lasting(owner, *it)).collect();
        let mut uniques: Vec<Vec<String>> = layout.referenced.iter().map(lasting).collect();
        uniques.extend(self.unique_foreign_keys(of));
        let rows = self.seen_rows(of).map(|row| {
            let lasting = layout.twice().map(|column| owner.rows[row].cells[column].clone());
            self.cells(of, row).into_iter().chain(lasting).collect()
        });
        let reference = |target: usize, near: &[usize], far: &[usize]| Reference {
            columns: near.iter().map(|column| owner.columns[*column].name.clone()).collect(),
            table: self.model.types[target].table.clone(),
            referenced: self.lasting(target, far),
        };
        let own = owner.relationships.iter().filter_map(|it| match &it.link {
            Link::ForeignKey { near, far } => Some(reference(it.target, near, far)),
            _ => None,
        });
        let anchored = layout.twice().filter(|column| layout.is_anchored(owner, *column));
        let to_anchor = |column| Reference {
            columns: vec![layout.lasting(owner, column)],
            table: anchor(owner, column),
            referenced: vec!["v".to_owned()],
        };
        let references = own.chain(anchored.map(to_anchor)).collect();
        Table { name: owner.table.clone(), columns, key, uniques, references, rows: rows.collect() }
    }

    /// The foreign keys that only one row may have the same values in, so that their other side is to-one.
    fn unique_foreign_keys(&self, of: usize) -> Vec<Vec<String>> {
        let owner = &self.model.types[of];
        let names = |near: &Vec<usize>| near.iter().map(|it| owner.columns[*it].name.clone()).collect();
        let one_to_one = |near: &&Vec<usize>| {
            let leads_here = |link: &Link| matches!(link, Link::Inverse { far, .. } if far == *near);
            let all = self.model.types.iter().flat_map(|it| &it.relationships);
            all.filter(|it| it.target == of && leads_here(&it.link)).any(|it| !it.many)
        };
        foreign_keys(owner).filter(one_to_one).map(names).collect()
    }

    /// Columns as foreign keys refer to them.
    fn lasting(&self, of: usize, columns: &[usize]) -> Vec<String> {
        let owner = &self.model.types[of];
        columns.iter().map(|column| self.layouts[of].lasting(owner, *column)).collect()
    }

    /// The values of a row that are seen.
    fn cells(&self, of: usize, row: usize) -> Vec<Cell> {
        let (owner, seen) = (&self.model.types[of], &self.view.0[of]);
        let mut cells = owner.rows[row].cells.clone();
        for (attribute, shown) in owner.attributes.iter().zip(&seen.attributes) {
            if !shown.is_in(row) {
                cells[attribute.column] = Cell::Null;
            }
        }
        for (index, relationship) in owner.relationships.iter().enumerate() {
            if let Link::ForeignKey { near, .. } = &relationship.link {
                let linked = relationship.links[row].first();
                if !linked.is_some_and(|linked| self.is_linked((of, index), row, *linked)) {
                    for column in near {
                        cells[*column] = Cell::Null;
                    }
                }
            }
        }
        self.forget_secrets(of, &mut cells);
        cells
    }

    /// Columns that are no field at all are nobody's business.
    fn forget_secrets(&self, of: usize, cells: &mut [Cell]) {
        let owner = &self.model.types[of];
        let mut fields: BTreeSet<usize> = owner.attributes.iter().map(|it| it.column).collect();
        fields.extend(foreign_keys(owner).flatten());
        fields.extend(&owner.key);
        for (column, cell) in cells.iter_mut().enumerate() {
            if !fields.contains(&column) {
                *cell = Cell::Null;
            }
        }
    }

    /// Whether the link between a row and a row that a relationship leads to is seen.
    fn is_linked(&self, place: Place, row: usize, linked: usize) -> bool {
        let twin = self.twins.iter().find_map(|[one, other]| match place {
            it if it == *one => Some(*other),
            it if it == *other => Some(*one),
            _ => None,
        });
        let shown = |(of, index): Place| &self.view.0[of].relationships[index];
        let (here, there) = (shown(place), shown(twin.unwrap()));
        let is_kept = |shown: &Shown, row: usize| !matches!(shown, Shown::In(rows) if !rows[row]);
        self.view.0[self.model.types[place.0].relationships[place.1].target].rows[linked]
            && (*here != Shown::Nowhere || *there != Shown::Nowhere)
            && is_kept(here, row)
            && is_kept(there, linked)
    }

    /// The hidden tables that keys refer to.
    fn anchors(&self, of: usize) -> Vec<Table> {
        let (owner, layout) = (&self.model.types[of], &self.layouts[of]);
        let anchored = layout.twice().filter(|column| layout.is_anchored(owner, *column));
        let one = |column: usize| {
            let mut values: Vec<&Cell> = Vec::new();
            for row in self.seen_rows(of) {
                let cell = &owner.rows[row].cells[column];
                if !values.contains(&cell) {
                    values.push(cell);
                }
            }
            let own = Column::needed(&owner.columns[column], "v".to_owned());
            Table {
                name: anchor(owner, column),
                columns: vec![own],
                key: vec!["v".to_owned()],
                uniques: Vec::new(),
                references: Vec::new(),
                rows: values.into_iter().map(|value| vec![value.clone()]).collect(),
            }
        };
        anchored.map(one).collect()
    }

    /// The tables of links that are seen.
    fn join_tables(&self) -> Vec<Table> {
        let mut found: Vec<Table> = Vec::new();
        for [place, _] in self.twins {
            let owner = &self.model.types[place.0];
            let relationship = &owner.relationships[place.1];
            let Link::Join { table, near, join_near, join_far, far } = &relationship.link else {
                continue;
            };
            let columns = &self.tables[table].columns;
            let target = &self.model.types[relationship.target];
            let mut rows = Vec::new();
            for row in self.seen_rows(place.0) {
                for linked in relationship.links[row].iter().filter(|it| self.is_linked(*place, row, **it)) {
                    let mut cells = vec![Cell::Null; columns.len()];
                    for (column, near) in join_near.iter().zip(near) {
                        cells[*column] = owner.rows[row].cells[*near].clone();
                    }
                    for (column, far) in join_far.iter().zip(far) {
                        cells[*column] = target.rows[*linked].cells[*far].clone();
                    }
                    rows.push(cells);
                }
            }
            let reference = |of: usize, near: &[usize], far: &[usize]| Reference {
                columns: near.iter().map(|column| columns[*column].name.clone()).collect(),
                table: self.model.types[of].table.clone(),
                referenced: self.lasting(of, far),
            };
            let own = |it: &tables::Column| Column::needed(it, it.name.clone());
            found.push(Table {
                name: table.clone(),
                columns: columns.iter().map(own).collect(),
                key: columns.iter().map(|it| it.name.clone()).collect(),
                uniques: Vec::new(),
                references: vec![
                    reference(place.0, join_near, near),
                    reference(relationship.target, join_far, far),
                ],
                rows,
            });
        }
        found
    }

    /// The configuration, which leaves out what nobody sees and what copies alone have.
    fn config(&self) -> String {
        let mut config = String::new();
        for (of, owner) in self.model.types.iter().enumerate() {
            let (seen, layout) = (&self.view.0[of], &self.layouts[of]);
            writeln!(config, "[types.{}]", key(&owner.table)).unwrap();
            if !seen.is_readable {
                config.push_str("hide = true\n");
            }
            let hidden = owner.attributes.iter().zip(&seen.attributes);
            let hidden = hidden.filter(|(_, shown)| **shown == Shown::Nowhere);
            for (attribute, _) in hidden {
                let name = key(&owner.columns[attribute.column].name);
                writeln!(config, "fields.{name}.hide = true").unwrap();
            }
            for column in layout.twice() {
                if owner.key.contains(&column) {
                    continue;
                }
                writeln!(config, "fields.{}.hide = true", key(&layout.lasting(owner, column))).unwrap();
            }
            for (relationship, shown) in owner.relationships.iter().zip(&seen.relationships) {
                // What leads to a hidden type is left out with it.
                if *shown == Shown::Nowhere && self.view.0[relationship.target].is_readable {
                    writeln!(config, "relationships.{}.hide = true", key(&relationship.name)).unwrap();
                }
            }
            for column in layout.twice().filter(|column| layout.is_anchored(owner, *column)) {
                writeln!(config, "[types.{}]\nhide = true", key(&anchor(owner, column))).unwrap();
            }
        }
        config
    }
}

/// The table that keys refer to with that column.
fn anchor(owner: &Type, column: usize) -> String {
    format!("{OWN}{} {column}", owner.table)
}
