//! The output columns of a statement, each once.

use docent_sql::statement::{Alias, ColumnRef, Output};

/// Collects output columns and hands out their positions.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    outputs: Vec<Output>,
    aliases: u16,
}

impl Columns {
    /// Columns of a statement whose own tables use the aliases below `first_free`.
    pub(crate) fn new(first_free: u16) -> Self {
        Columns { outputs: Vec::new(), aliases: first_free }
    }

    /// The position of a column, which is added if it is not there yet.
    pub(crate) fn cell(&mut self, column: ColumnRef) -> usize {
        self.output(Output::Column(column))
    }

    /// The position of an output.
    pub(crate) fn output(&mut self, output: Output) -> usize {
        let known = self.outputs.iter().position(|known| *known == output);
        known.unwrap_or_else(|| {
            self.outputs.push(output);
            self.outputs.len() - 1
        })
    }

    /// An alias for a further table.
    pub(crate) fn new_alias(&mut self) -> Alias {
        self.aliases += 1;
        Alias(self.aliases - 1)
    }

    /// The outputs in order.
    pub(crate) fn into_outputs(self) -> Vec<Output> {
        self.outputs
    }
}
