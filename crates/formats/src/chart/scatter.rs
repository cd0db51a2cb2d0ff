//! Points in a plane with their names: the first two principal components of the organisations.

use super::draw::{Anchor, Axis, FONT, Ink, Pen, fit, width};
use super::{Chart, Head, Palette, Unit};

/// One organisation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    pub label: String,
    pub x: f64,
    pub y: f64,
    /// Drawn as a diamond, and named before others.
    pub marked: bool,
}

/// The plane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scatter {
    pub head: Head,
    pub unit: Unit,
    /// What a point is, such as 組織.
    pub point_name: String,
    /// What grows to the right and upwards, in words.
    pub x_label: String,
    pub y_label: String,
    pub points: Vec<Point>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 460.0;

/// A rectangle already taken: left, top, right, bottom.
type Taken = (f64, f64, f64, f64);

impl Chart for Scatter {
    fn svg(&self, id: &str, palette: Palette) -> String {
        let mut pen = Pen::new(&self.head, id, palette, WIDTH, HEIGHT);
        let (left, right, top, bottom) = (64.0, WIDTH - 16.0, 12.0, HEIGHT - 46.0);
        let shown: Vec<&Point> = self.points.iter().filter(|point| point.x.is_finite() && point.y.is_finite()).collect();
        let across = Axis::new(shown.iter().map(|point| point.x), true, None, (left, right));
        let up = Axis::new(shown.iter().map(|point| point.y), true, None, (bottom, top));
        for tick in &across.ticks {
            let x = across.at(*tick);
            let (ink, stroke) = if tick.abs() < 1e-12 { (Ink::Muted, 1.2) } else { (Ink::Grid, 1.0) };
            pen.line((x, top), (x, bottom), ink, stroke, "");
            pen.text(x, bottom + 16.0, Anchor::Middle, Ink::Muted, &Unit::new("", across.decimals).text(Some(*tick)));
        }
        for tick in &up.ticks {
            let y = up.at(*tick);
            let (ink, stroke) = if tick.abs() < 1e-12 { (Ink::Muted, 1.2) } else { (Ink::Grid, 1.0) };
            pen.line((left, y), (right, y), ink, stroke, "");
            pen.text(left - 6.0, y + 4.0, Anchor::End, Ink::Muted, &Unit::new("", up.decimals).text(Some(*tick)));
        }
        pen.text((left + right) / 2.0, HEIGHT - 8.0, Anchor::Middle, Ink::Text, &fit(&format!("{} →", self.x_label), right - left));
        pen.upright(16.0, (top + bottom) / 2.0, Ink::Text, &fit(&format!("{} →", self.y_label), bottom - top));
        let at = |point: &Point| (across.at(point.x), up.at(point.y));
        let mut taken: Vec<Taken> = shown.iter().map(|point| around(at(point))).collect();
        for point in &shown {
            let (x, y) = at(point);
            let tip = format!("{} ({}, {})", point.label, self.unit.text(Some(point.x)), self.unit.text(Some(point.y)));
            let (shape, ink) = if point.marked { (1, Ink::Data(2)) } else { (0, Ink::Data(1)) };
            pen.mark(x, y, shape, ink, &tip);
        }
        // The marked ones choose their place first; a name without a free place is left to the tip and the table.
        let marked = shown.iter().filter(|point| point.marked);
        for point in marked.chain(shown.iter().filter(|point| !point.marked)) {
            let text = fit(&point.label, 130.0);
            let place = place(at(point), width(&text), &taken, (left, right, top, bottom));
            if let Some((x, y, anchor, box_)) = place {
                taken.push(box_);
                pen.text(x, y, anchor, Ink::Text, &text);
            }
        }
        pen.finish()
    }

    fn data_table(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let headers = vec![self.point_name.clone(), self.x_label.clone(), self.y_label.clone()];
        let row = |point: &Point| vec![point.label.clone(), self.unit.text(Some(point.x)), self.unit.text(Some(point.y))];
        (headers, self.points.iter().map(row).collect())
    }
}

fn around((x, y): (f64, f64)) -> Taken {
    (x - 5.0, y - 5.0, x + 5.0, y + 5.0)
}

/// The first free place for a text beside its point: right, left, above, below.
fn place((x, y): (f64, f64), wide: f64, taken: &[Taken], plot: (f64, f64, f64, f64)) -> Option<(f64, f64, Anchor, Taken)> {
    let (left, right, top, bottom) = plot;
    let tries = [
        (x + 8.0, y + 4.0, Anchor::Start, x + 8.0),
        (x - 8.0, y + 4.0, Anchor::End, x - 8.0 - wide),
        (x, y - 9.0, Anchor::Middle, x - wide / 2.0),
        (x, y + 17.0, Anchor::Middle, x - wide / 2.0),
    ];
    tries.into_iter().find_map(|(tx, ty, anchor, from)| {
        let box_ = (from, ty - FONT + 2.0, from + wide, ty + 2.0);
        let inside = box_.0 >= left && box_.2 <= right && box_.1 >= top && box_.3 <= bottom;
        let free = taken.iter().all(|other| other.0 >= box_.2 || other.2 <= box_.0 || other.1 >= box_.3 || other.3 <= box_.1);
        (inside && free).then_some((tx, ty, anchor, box_))
    })
}
