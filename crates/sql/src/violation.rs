//! What a database refuses to store, as the callers need to tell it apart.

/// Which rule of the schema a statement broke, as far as the database says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which kind of rule.
    pub kind: ViolationKind,
    /// The table the rule belongs to, if known.
    pub table: Option<String>,
    /// The columns it is about, as the schema spells them; empty if not known.
    pub columns: Vec<String>,
    /// The name of the constraint or index. On SQLite a CHECK without a name goes by its text, as
    /// [`crate::schema::Check::name`] does.
    pub constraint: Option<String>,
    /// The database's own words, for the log: they may hold names and SQL. Only those of a
    /// [`ViolationKind::Trigger`] were written for people.
    pub text: String,
}

/// The kinds of rule that a [`Violation`] can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViolationKind {
    /// Another row has these values already.
    Unique,
    /// A foreign key refers to no row.
    MissingReference,
    /// Rows refer to the one that would go.
    StillReferenced,
    /// A foreign key, the database not saying which way: an update, or a check at the end of the transaction.
    Reference,
    /// A column without NULL was given none or NULL.
    NotNull,
    /// A CHECK does not hold.
    Check,
    /// A value is not of the column's type.
    Type,
    /// A value is too long or too large for the column or the engine.
    Range,
    /// A trigger refused; the text is its author's.
    Trigger,
    /// The table or column cannot be written: a view, a generated column.
    ReadOnly,
    /// The role that asks may not do this to the row, or not with these values.
    Denied,
    /// Any other constraint.
    Other,
}
