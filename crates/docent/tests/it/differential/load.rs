//! Makes a [`Model`] of tables and rows: types, attributes and relationships by the documented rules.

use rusqlite::Connection;

use super::cells::{Cell, Collation};
use super::model::{Attribute, Link, Model, Relationship, Row, Type};
use super::tables::{ForeignKey, Table, TableRows, Tables, describe, read};

/// A foreign key between two types, by index, with the columns of both sides.
struct Edge {
    child: usize,
    parent: usize,
    near: Vec<usize>,
    far: Vec<usize>,
    name: String,
}

/// Loads everything. `no_case` names the columns (`table.column`) that are declared COLLATE NOCASE.
pub(crate) fn load(connection: &Connection, no_case: &[&str]) -> Model {
    let tables = describe(connection, no_case);
    model(&tables, &read(connection, &tables))
}

/// The model of these tables with these rows.
pub(crate) fn model(tables: &Tables, rows: &TableRows) -> Model {
    let is_join = |table: &Table| is_join_table(table, tables);
    let mut typed: Vec<&Table> =
        tables.values().filter(|table| !table.key.is_empty() && !is_join(table)).collect();
    typed.sort_by(|a, b| a.name.cmp(&b.name));
    let types = typed.iter().map(|table| read_type(table, rows[&table.name].clone())).collect();
    let mut model = Model { types };

    let mut edges = Vec::new();
    for child in 0..typed.len() {
        edges.extend(name_foreign_keys(child, &typed));
    }
    for edge in &edges {
        let links = link(&model, edge.child, &edge.near, edge.parent, &edge.far);
        let by = Link::ForeignKey { near: edge.near.clone(), far: edge.far.clone() };
        let relationship =
            Relationship { name: edge.name.clone(), target: edge.parent, many: false, link: by, links };
        add(&mut model, edge.child, relationship);
    }
    for (child, table) in typed.iter().enumerate() {
        for column in 0..table.columns.len() {
            let foreign = edges.iter().any(|edge| edge.child == child && edge.near.contains(&column));
            add_attribute(&mut model.types[child], table, column, foreign);
        }
    }
    add_inverses(&mut model, &edges, &typed);
    for table in tables.values().filter(|table| is_join(table)) {
        add_many_to_many(&mut model, table, &rows[&table.name], &typed);
    }
    model
}

/// Exactly two foreign keys, which together are all columns and the key.
fn is_join_table(table: &Table, tables: &Tables) -> bool {
    let all: Vec<usize> = (0..table.columns.len()).collect();
    let sorted = |mut columns: Vec<usize>| {
        columns.sort_unstable();
        columns
    };
    let leads_to_key =
        |foreign_key: &ForeignKey| tables.get(&foreign_key.table).is_some_and(|it| !it.key.is_empty());
    table.foreign_keys.len() == 2
        && table.foreign_keys.iter().all(leads_to_key)
        && sorted(table.foreign_keys.iter().flat_map(|it| it.columns.clone()).collect()) == all
        && sorted(table.key.clone()) == all
}

fn read_type(table: &Table, rows: Vec<Vec<Cell>>) -> Type {
    let mut rows: Vec<Row> = rows
        .into_iter()
        .filter(|cells| table.key.iter().all(|column| !cells[*column].is_null()))
        .map(|cells| Row { id: id_of(&table.key, &cells), cells })
        .collect();
    rows.sort_by(|a, b| {
        let mut columns = table.key.iter();
        let unequal = columns.find_map(|column| {
            let order = a.cells[*column].compare(&b.cells[*column], table.columns[*column].collation);
            order.is_ne().then_some(order)
        });
        unequal.unwrap_or(std::cmp::Ordering::Equal)
    });
    let by_id = rows.iter().enumerate().map(|(index, row)| (row.id.clone(), index)).collect();
    Type {
        name: member_name(&table.name),
        table: table.name.clone(),
        columns: table.columns.clone(),
        key: table.key.clone(),
        attributes: Vec::new(),
        relationships: Vec::new(),
        rows,
        by_id,
    }
}

/// The id of a row.
pub(crate) fn id_of(key: &[usize], cells: &[Cell]) -> String {
    if let [only] = key {
        return cells[*only].id_text();
    }
    let part = |column: &usize| cells[*column].id_text().replace('%', "%25").replace('~', "%7E");
    key.iter().map(part).collect::<Vec<_>>().join("~")
}

fn add_attribute(owner: &mut Type, table: &Table, column: usize, foreign: bool) {
    let name = &table.columns[column].name;
    let is_whole_key = table.key == [column];
    if foreign || is_whole_key || looks_secret(name) {
        return;
    }
    let name = match name.as_str() {
        "id" | "type" => format!("{}_{name}", owner.name),
        other => member_name(other),
    };
    owner.attributes.push(Attribute { name, column });
}

fn looks_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(name.as_str(), "password" | "passwd" | "pass" | "api_key" | "salt")
        || name.ends_with("_hash")
        || name.starts_with("secret")
        || name.contains("token")
}

/// Characters that member names forbid become `_`, except at the ends, where names forbid that too.
fn member_name(name: &str) -> String {
    let legal = |c: char| c.is_ascii_alphanumeric() || c >= '\u{80}' || matches!(c, '-' | '_' | ' ');
    let name: String = name.chars().map(|c| if legal(c) { c } else { '_' }).collect();
    name.trim_matches(['_', '-', ' ']).to_owned()
}

/// The usable foreign keys of a type with their names: without suffix; if taken, in full.
fn name_foreign_keys(child: usize, typed: &[&Table]) -> Vec<Edge> {
    let table = typed[child];
    let usable = |foreign_key: &ForeignKey| resolve(foreign_key, child, typed);
    let mut edges: Vec<Edge> = table.foreign_keys.iter().filter_map(usable).collect();
    let foreign: Vec<usize> = edges.iter().flat_map(|edge| edge.near.clone()).collect();
    let plain = |column: &usize| !foreign.contains(column) && table.key != [*column];
    let mut taken: Vec<String> =
        (0..table.columns.len()).filter(plain).map(|column| table.columns[column].name.clone()).collect();
    for edge in &mut edges {
        edge.name = match edge.near[..] {
            [column] => {
                let full = &table.columns[column].name;
                let short = without_ending(full);
                if taken.iter().any(|name| name == short) { full.clone() } else { short.to_owned() }
            }
            _ => typed[edge.parent].name.clone(),
        };
        assert!(!taken.contains(&edge.name), "the oracle knows no second name for {}", edge.name);
        taken.push(edge.name.clone());
    }
    edges
}

fn without_ending(column: &str) -> &str {
    let endings = ["_id", "Id", "ID", "_uuid", "_key", "_fk"];
    let short = endings.iter().find_map(|ending| column.strip_suffix(ending));
    short.filter(|short| !short.is_empty()).unwrap_or(column)
}

fn resolve(foreign_key: &ForeignKey, child: usize, typed: &[&Table]) -> Option<Edge> {
    let parent = typed.iter().position(|table| table.name.eq_ignore_ascii_case(&foreign_key.table))?;
    let column =
        |name: &String| typed[parent].columns.iter().position(|it| it.name.eq_ignore_ascii_case(name));
    let far = if foreign_key.referenced.is_empty() {
        typed[parent].key.clone()
    } else {
        foreign_key.referenced.iter().map(column).collect::<Option<Vec<_>>>()?
    };
    let complete = far.len() == foreign_key.columns.len();
    complete.then(|| Edge { child, parent, near: foreign_key.columns.clone(), far, name: String::new() })
}

fn add_inverses(model: &mut Model, edges: &[Edge], typed: &[&Table]) {
    for edge in edges {
        let child = typed[edge.child];
        let same = |columns: &Vec<usize>| {
            columns.len() == edge.near.len() && columns.iter().all(|column| edge.near.contains(column))
        };
        let one = same(&child.key) || child.unique.iter().any(same);
        let siblings =
            edges.iter().filter(|other| other.child == edge.child && other.parent == edge.parent).count();
        let short = model.types[edge.child].name.clone();
        let long = format!("{}_{short}", edge.name);
        let name = if siblings > 1 || is_taken(&model.types[edge.parent], &short) { long } else { short };
        let links = link(model, edge.parent, &edge.far, edge.child, &edge.near);
        let by = Link::Inverse { near: edge.far.clone(), far: edge.near.clone() };
        add(model, edge.parent, Relationship { name, target: edge.child, many: !one, link: by, links });
    }
}

fn add_many_to_many(model: &mut Model, join: &Table, rows: &[Vec<Cell>], typed: &[&Table]) {
    let ends: Vec<Edge> = join.foreign_keys.iter().map(|it| resolve(it, 0, typed).unwrap()).collect();
    let ends_of = |end: &Edge| -> Vec<Vec<usize>> {
        let sorted = index(model, end.parent, &end.far);
        let wanted =
            |cells: &Vec<Cell>| end.near.iter().map(|column| cells[*column].clone()).collect::<Vec<_>>();
        let found =
            |cells| find(model, end.parent, &sorted, &end.far, &wanted(cells).iter().collect::<Vec<_>>());
        rows.iter().map(found).collect()
    };
    let [first, second] = [ends_of(&ends[0]), ends_of(&ends[1])];
    for (near, near_rows, far, far_rows) in
        [(&ends[0], &first, &ends[1], &second), (&ends[1], &second, &ends[0], &first)]
    {
        let mut links = vec![Vec::new(); model.types[near.parent].rows.len()];
        for (near_rows, far_rows) in near_rows.iter().zip(far_rows) {
            for row in near_rows {
                links[*row].extend(far_rows);
            }
        }
        for linked in &mut links {
            linked.sort_unstable();
        }
        let short = model.types[far.parent].name.clone();
        let name = if near.parent == far.parent {
            // Both sides are of one type: each relationship is named by the foreign key it follows.
            without_ending(&join.columns[far.near[0]].name).to_owned()
        } else if is_taken(&model.types[near.parent], &short) {
            join.name.clone()
        } else {
            short
        };
        let by = Link::Join {
            table: join.name.clone(),
            near: near.far.clone(),
            join_near: near.near.clone(),
            join_far: far.near.clone(),
            far: far.far.clone(),
        };
        add(model, near.parent, Relationship { name, target: far.parent, many: true, link: by, links });
    }
}

fn is_taken(owner: &Type, name: &str) -> bool {
    owner.relationship(name).is_some() || owner.attributes.iter().any(|attribute| attribute.name == name)
}

fn add(model: &mut Model, owner: usize, relationship: Relationship) {
    let owner = &mut model.types[owner];
    assert!(!is_taken(owner, &relationship.name), "{} is taken in {}", relationship.name, owner.name);
    owner.relationships.push(relationship);
}

/// For each row of `owner` the rows of `target` whose `far` columns equal its `near` columns; NULL equals nothing.
fn link(model: &Model, owner: usize, near: &[usize], target: usize, far: &[usize]) -> Vec<Vec<usize>> {
    let sorted = index(model, target, far);
    let of_row = |row: &Row| {
        let wanted: Vec<&Cell> = near.iter().map(|column| &row.cells[*column]).collect();
        find(model, target, &sorted, far, &wanted)
    };
    model.types[owner].rows.iter().map(of_row).collect()
}

/// Rows of a type ordered by these columns.
fn index(model: &Model, of: usize, columns: &[usize]) -> Vec<usize> {
    let rows = &model.types[of].rows;
    let mut sorted: Vec<usize> = (0..rows.len()).collect();
    sorted.sort_by(|a, b| {
        let wanted: Vec<&Cell> = columns.iter().map(|column| &rows[*b].cells[*column]).collect();
        compare(&rows[*a], columns, &wanted)
    });
    sorted
}

fn find(model: &Model, of: usize, sorted: &[usize], columns: &[usize], wanted: &[&Cell]) -> Vec<usize> {
    if wanted.iter().any(|cell| cell.is_null()) {
        return Vec::new();
    }
    let rows = &model.types[of].rows;
    let start = sorted.partition_point(|row| compare(&rows[*row], columns, wanted).is_lt());
    let equal = sorted[start..].iter().take_while(|row| compare(&rows[**row], columns, wanted).is_eq());
    let mut found: Vec<usize> = equal.copied().collect();
    found.sort_unstable();
    found
}

fn compare(row: &Row, columns: &[usize], wanted: &[&Cell]) -> std::cmp::Ordering {
    let pairs = columns.iter().zip(wanted);
    let mut orders = pairs.map(|(column, cell)| row.cells[*column].compare(cell, Collation::Binary));
    orders.find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
}
