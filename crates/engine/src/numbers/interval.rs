//! 95 % intervals for a share: Wilson's score interval, and Clopper and Pearson's exact one for few cases.
//!
//! Shares here are often near 0 or 1, where the textbook "± 1.96 standard errors" leaves the unit interval or has no width;
//! both methods below behave there. Below [`EXACT_BELOW`] cases the exact interval is used, because it never covers less
//! than 95 %; above, Wilson's is shorter and close to nominal (Brown, Cai, DasGupta, Statistical Science 16, 2001).
//!
//! # Worked examples (Newcombe, Statistics in Medicine 17, 1998, table I)
//! | cases | Wilson | Clopper–Pearson |
//! |---|---|---|
//! | 81 of 263 | 0.2553–0.3662 | 0.2527–0.3676 |
//! | 15 of 148 | 0.0624–0.1605 | 0.0578–0.1617 |
//! | 0 of 20 | 0–0.1611 | 0–0.1684 |
//! | 1 of 29 | 0.0061–0.1718 | 0.0009–0.1776 |

use serde::{Deserialize, Serialize};
use statrs::function::beta::checked_beta_reg;

use super::stable;

/// Fewer cases than this take the exact interval.
pub const EXACT_BELOW: u64 = 40;

/// Two-sided 95 % quantile of the normal distribution.
pub const Z95: f64 = 1.959_963_984_540_054;

/// How an interval was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    Wilson,
    ClopperPearson,
    /// Value ± z · standard error, clipped to the statistic's range.
    Normal,
}

/// A 95 % interval, `low` ≤ `high`, in the unit of the value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
    pub method: Method,
}

impl Interval {
    /// An interval with stable decimals.
    pub fn new(low: f64, high: f64, method: Method) -> Self {
        Self { low: stable(low), high: stable(high), method }
    }
}

/// The interval for `hits` of `cases` by the house rule; `None` without cases or with more hits than cases.
pub fn of_share(hits: u64, cases: u64) -> Option<Interval> {
    if cases < EXACT_BELOW { clopper_pearson(hits, cases) } else { wilson(hits, cases) }
}

/// Wilson's score interval (1927) without continuity correction.
pub fn wilson(hits: u64, cases: u64) -> Option<Interval> {
    if cases == 0 || hits > cases {
        return None;
    }
    let (n, p) = (cases as f64, hits as f64 / cases as f64);
    let z2 = Z95 * Z95;
    let centre = p + z2 / (2.0 * n);
    let half = Z95 * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    let low = if hits == 0 { 0.0 } else { (centre - half) / scale };
    let high = if hits == cases { 1.0 } else { (centre + half) / scale };
    Some(Interval::new(low, high, Method::Wilson))
}

/// Clopper and Pearson's exact interval (Biometrika 26, 1934), from quantiles of the beta distribution.
pub fn clopper_pearson(hits: u64, cases: u64) -> Option<Interval> {
    if cases == 0 || hits > cases {
        return None;
    }
    let (k, n) = (hits as f64, cases as f64);
    let low = if hits == 0 { 0.0 } else { beta_quantile(k, n - k + 1.0, 0.025) };
    let high = if hits == cases { 1.0 } else { beta_quantile(k + 1.0, n - k, 0.975) };
    Some(Interval::new(low, high, Method::ClopperPearson))
}

/// Quantile of the beta distribution by bisection of its distribution function: slow and sure, to 2⁻⁵⁰.
fn beta_quantile(a: f64, b: f64, probability: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        match checked_beta_reg(a, b, middle) {
            Ok(below) if below < probability => low = middle,
            Ok(_) => high = middle,
            Err(_) => break,
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn newcombe_1998_table_i() {
        let table = [
            (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
            (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
            (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
            (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
        ];
        for (hits, cases, w, cp) in table {
            for (got, expect) in [(wilson(hits, cases), w), (clopper_pearson(hits, cases), cp)] {
                let got = got.unwrap();
                assert!((got.low - expect.0).abs() < 5.1e-5, "{hits}/{cases} {got:?} {expect:?}");
                assert!((got.high - expect.1).abs() < 5.1e-5, "{hits}/{cases} {got:?} {expect:?}");
            }
        }
    }

    /// P(X ≥ k) for X binomial, summed term by term.
    fn upper_tail(k: u64, n: u64, p: f64) -> f64 {
        (k..=n)
            .map(|x| {
                let choose = (0..x).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64);
                choose * p.powi(x as i32) * (1.0 - p).powi((n - x) as i32)
            })
            .sum()
    }

    proptest! {
        #[test]
        fn exact_limits_are_where_the_binomial_tails_are_a_fortieth(n in 1_u64..60, k in 0_u64..60) {
            let k = k.min(n);
            let got = clopper_pearson(k, n).unwrap();
            if k > 0 {
                prop_assert!((upper_tail(k, n, got.low) - 0.025).abs() < 1e-6);
            }
            if k < n {
                prop_assert!((1.0 - upper_tail(k + 1, n, got.high) - 0.025).abs() < 1e-6);
            }
        }

        #[test]
        fn intervals_hold_their_share_and_mirror(n in 1_u64..5000, k in 0_u64..5000) {
            let k = k.min(n);
            for f in [wilson, clopper_pearson] {
                let (got, mirror) = (f(k, n).unwrap(), f(n - k, n).unwrap());
                let p = k as f64 / n as f64;
                prop_assert!(0.0 <= got.low && got.low <= p + 1e-9 && p - 1e-9 <= got.high && got.high <= 1.0);
                prop_assert!((got.low - (1.0 - mirror.high)).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn impossible_counts_have_no_interval() {
        assert_eq!(of_share(0, 0), None);
        assert_eq!(of_share(3, 2), None);
        assert_eq!(of_share(1, 39).map(|i| i.method), Some(Method::ClopperPearson));
        assert_eq!(of_share(1, 40).map(|i| i.method), Some(Method::Wilson));
    }
}
