//! When things happen in a cycle of the example: days of the generator's fiscal year, never of a clock.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::base::dates;
use crate::base::error::{Error, Result};

/// The days of one fiscal year's cycle. All times are nine in the morning in Japan.
#[derive(Clone, Copy, Debug)]
pub struct Calendar(pub i32);

impl Calendar {
    /// The edition of the standard is published and taken in.
    pub fn standard(self) -> String {
        self.day(0, "04-10")
    }
    /// Dates and items are announced.
    pub fn announced(self) -> String {
        self.day(0, "05-20")
    }
    /// The first day of answers.
    pub fn opens(self) -> String {
        self.day(0, "07-01")
    }
    /// The day the answers of the example come in.
    pub fn answered(self) -> String {
        self.day(0, "08-20")
    }
    /// The last day of answers.
    pub fn closes(self) -> String {
        self.day(0, "09-30")
    }
    /// The day probes run.
    pub fn measured(self) -> String {
        self.day(0, "10-15")
    }
    /// The auditors' verdicts are in.
    pub fn audited(self) -> String {
        self.day(0, "10-31")
    }
    /// The evaluation is made.
    pub fn evaluated(self) -> String {
        self.day(0, "11-15")
    }
    /// Recommendations go out.
    pub fn recommended(self) -> String {
        self.day(0, "12-10")
    }
    /// Organisations answer with plans.
    pub fn planned(self) -> String {
        self.day(1, "01-20")
    }
    /// Half of what the plans say is to be done.
    pub fn mended(self) -> String {
        self.day(1, "05-31")
    }
    /// The last day of the exceptions.
    pub fn excepted(self) -> String {
        self.day(2, "09-30")
    }
    /// The plans are to be done.
    pub fn due(self) -> String {
        self.day(1, "06-30")
    }
    /// The reports are written.
    pub fn reported(self) -> String {
        self.day(1, "03-10")
    }
    /// The results are out.
    pub fn published(self) -> String {
        self.day(1, "03-28")
    }

    fn day(self, years: i32, rest: &str) -> String {
        format!("{:04}-{rest}", self.0 + years)
    }
}

/// When a cycle is announced, and its first and last day of answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    pub announced: String,
    pub opens: String,
    pub closes: String,
}

impl From<Calendar> for Window {
    fn from(days: Calendar) -> Self {
        Self { announced: days.announced(), opens: days.opens(), closes: days.closes() }
    }
}

impl Window {
    /// A cycle that is half over on `today`: whoever looks at the example still has time to answer.
    pub fn around(today: Date) -> Result<Self> {
        let day = |days: i32| today.checked_add(days.days()).map(|day| day.to_string()).map_err(Error::internal);
        Ok(Self { announced: day(-35)?, opens: day(-14)?, closes: day(30)? })
    }
}

/// The fiscal year of the cycle that is open on `today`. In the first weeks of a fiscal year it is still the last one's,
/// because everything that the example tells of earlier cycles happens before the open one is announced.
pub fn open_year(today: Date) -> Result<i32> {
    let before = today.checked_sub(60.days()).map_err(Error::internal)?;
    Ok(i32::from(dates::fiscal_year(before)))
}

/// Nine in the morning of `day` (`2025-07-01`) in Japan.
pub fn morning(day: &str) -> Result<Timestamp> {
    format!("{day}T09:00:00+09:00").parse().map_err(|_| Error::internal(format!("{day} is no day")))
}
