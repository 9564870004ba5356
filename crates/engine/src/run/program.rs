//! A read as the adapters run it.

use std::sync::Arc;

use docent_sql::{Cell, Program, Query, Row};

use super::{Intake, Read, Task};

impl Program for Read {
    fn next(&mut self, wave: &mut Vec<Query>) {
        self.tasks.clear();
        if self.state.failed {
            self.plan.careful.happened();
            self.state.careful = true;
            self.restart();
        }
        if self.wave == 0 {
            self.wave = 1;
            // Only now: reads that wait for their turn must not hold memory.
            self.state.found.gathered.reserve(self.plan.sizes(), self.plan.keeps_resources);
            for (index, intake) in self.state.feeds.iter_mut().enumerate() {
                intake.reserve(&self.plan.layers[index], self.plan.given(index));
            }
            return self.root_queries(wave);
        }
        // The wave after the first also reads what identifiers say besides, be there layers in it or not.
        while wave.is_empty() && self.wave < self.plan.waves.len().max(2) {
            let plan = Arc::clone(&self.plan);
            if self.wave == 1
                && let Some(query) = self.meta_query()
            {
                wave.push(query);
                self.tasks.push(Task::Meta);
            }
            for layer in plan.waves.get(self.wave).into_iter().flatten() {
                if let Some(query) = self.layer_query(*layer) {
                    wave.push(query);
                    self.tasks.push(Task::Layer(*layer));
                }
            }
            self.wave += 1;
        }
    }

    fn row(&mut self, query: usize, row: &Row<'_>) {
        match self.tasks[query] {
            Task::Preface => {}
            Task::Layer(layer) => self.state.layer_row(&self.plan, layer, row),
            Task::Probe => {
                let key = self.plan.probe.as_ref().map(|probe| probe.key.as_slice()).unwrap_or_default();
                self.state.found.start = self.state.scratch.id.read(row, key);
                self.state.found.start_id.clone_from(&self.state.scratch.id.text);
            }
            Task::Meta => {
                if let Some(meta) = &self.plan.identifiers_meta {
                    self.state.meta_row(meta, row);
                }
            }
            Task::Count => {
                if let Cell::Integer(count) = row[0] {
                    self.state.found.count = u64::try_from(count).ok();
                }
            }
        }
    }

    fn restart(&mut self) {
        self.wave = 0;
        self.state.feeds.clear();
        self.state.failed = false;
        self.state.identified.clear();
        // The root is fed by nobody.
        let fed = if self.plan.layers.len() > 1 { self.plan.layers.len() } else { 0 };
        self.state.feeds.resize_with(fed, Intake::default);
        let start = self.state.bounds.size.is_some() && self.plan.probe.is_none();
        self.state.found.begin(start);
    }

    fn needs_snapshot(&self) -> bool {
        let plan = &*self.plan;
        self.preface.is_some()
            || plan.layers.len() > 1
            || plan.probe.is_some()
            || plan.count.is_some()
            || plan.identifiers_meta.is_some()
    }
}
