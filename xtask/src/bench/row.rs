//! A row of the table: a figure, what it is held against in the same run, and whether the goal is reached.

/// A measured quantity in its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// Seconds.
    Time(f64),
    /// Bytes.
    Size(u64),
    /// So many.
    Count(usize),
}

impl Figure {
    fn value(self) -> f64 {
        match self {
            Self::Time(seconds) => seconds,
            Self::Size(bytes) => bytes as f64,
            Self::Count(number) => number as f64,
        }
    }

    /// As people read it: three digits at most.
    pub fn text(self) -> String {
        match self {
            Self::Time(seconds) if seconds < 0.001 => format!("{:.0} µs", seconds * 1e6),
            Self::Time(seconds) if seconds < 0.1 => format!("{:.1} ms", seconds * 1e3),
            Self::Time(seconds) if seconds < 1.0 => format!("{:.0} ms", seconds * 1e3),
            Self::Time(seconds) => format!("{seconds:.2} s"),
            Self::Size(bytes) => format!("{:.0} MB", bytes as f64 / 1e6),
            Self::Count(number) => number.to_string(),
        }
    }
}

/// What a row must reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// At most so many times the figure beside it: machines differ, the ratio stays.
    Times(f64),
    /// Below a bound that the product promises whatever the machine.
    Below(Figure),
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// How much it took.
    pub figure: Figure,
    /// The peer or floor, and what it took in the same run.
    pub beside: (&'static str, Figure),
    /// What must hold.
    pub goal: Goal,
    /// Why this peer and this goal.
    pub why: &'static str,
}

impl Row {
    /// How many times the peer it took.
    pub fn ratio(&self) -> f64 {
        self.figure.value() / self.beside.1.value()
    }

    /// Whether the goal is reached.
    pub fn reached(&self) -> bool {
        match self.goal {
            Goal::Times(most) => self.ratio() <= most,
            Goal::Below(bound) => self.figure.value() < bound.value(),
        }
    }

    fn cells(&self, number: usize) -> [String; 7] {
        let ratio = self.ratio();
        [
            format!("{} [{number}]", self.what),
            self.figure.text(),
            self.beside.0.to_owned(),
            self.beside.1.text(),
            match ratio {
                small if small < 0.1 => format!("{small:.3} ×"),
                middle if middle < 10.0 => format!("{middle:.1} ×"),
                large => format!("{large:.0} ×"),
            },
            match self.goal {
                Goal::Times(most) => format!("≤ {most} ×"),
                Goal::Below(bound) => format!("< {}", bound.text()),
            },
            if self.reached() { "yes" } else { "NO" }.to_owned(),
        ]
    }
}

/// The table as Markdown, which a terminal and a document both show; below it the reasons.
pub fn table(rows: &[Row]) -> String {
    let head = ["subject", "figure", "held against", "its figure", "ratio", "goal", "reached"].map(str::to_owned);
    let lines: Vec<[String; 7]> = std::iter::once(head).chain(rows.iter().enumerate().map(|(at, row)| row.cells(at + 1))).collect();
    let widths: Vec<usize> = (0..7).map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)).collect();
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
        if at == 0 {
            let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            out.push_str(&format!("| {} |\n", rules.join(" | ")));
        }
    }
    out.push('\n');
    for (at, row) in rows.iter().enumerate() {
        out.push_str(&format!("[{}] {}\n", at + 1, row.why));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(seconds: f64, goal: Goal) -> Row {
        Row { what: "a".to_owned(), figure: Figure::Time(seconds), beside: ("b", Figure::Time(0.1)), goal, why: "c" }
    }

    #[test]
    fn a_goal_is_a_ratio_or_a_bound() {
        assert!(row(0.3, Goal::Times(3.1)).reached() && !row(0.3, Goal::Times(2.9)).reached());
        assert!(row(0.3, Goal::Below(Figure::Time(0.4))).reached() && !row(0.3, Goal::Below(Figure::Time(0.3))).reached());
        let text = table(&[row(0.3, Goal::Times(2.0))]);
        assert!(text.contains("| 300 ms | b            | 100 ms     | 3.0 × | ≤ 2 × | NO      |") && text.contains("[1] c"), "{text}");
    }
}
