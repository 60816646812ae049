//! A small document in PDF: a page with lines of text.

use std::fmt::Write as _;

/// A page's width and height in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paper {
    A5,
    /// 10 by 15 centimetres, for thermal printers.
    A6,
}

impl Paper {
    fn size(self) -> (u32, u32) {
        match self {
            Self::A5 => (420, 595),
            Self::A6 => (298, 420),
        }
    }
}

/// Writes the lines; what a built-in font has no sign for becomes a question mark.
pub(super) fn write(lines: &[String], paper: Paper) -> Vec<u8> {
    let (width, height) = paper.size();
    let mut page = format!("BT /F1 12 Tf 16 TL 24 {} Td", height - 40);
    for line in lines {
        let _ = write!(page, " ({}) Tj T*", escaped(line));
    }
    page.push_str(" ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R \
             /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        offsets.push(out.len());
        let _ = write!(out, "{number} 0 obj\n{object}\nendobj\n");
    }
    let table = out.len();
    let count = objects.len() + 1;
    let _ = write!(out, "xref\n0 {count}\n0000000000 65535 f \n");
    for offset in offsets {
        let _ = writeln!(out, "{offset:010} 00000 n ");
    }
    let _ = write!(out, "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
    out.into_bytes()
}

fn escaped(line: &str) -> String {
    let mut out = String::new();
    for sign in line.chars() {
        match sign {
            '(' | ')' | '\\' => out.extend(['\\', sign]),
            ' '..='~' => out.push(sign),
            _ => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_leads_to_the_objects() {
        let text = String::from_utf8(write(&["F7p (1)".to_owned(), "Москва".to_owned()], Paper::A6)).unwrap();
        assert!(text.starts_with("%PDF-1.4\n") && text.ends_with("%%EOF\n"), "{text}");
        assert!(text.contains("(F7p \\(1\\)) Tj") && text.contains("(??????) Tj"), "{text}");
        let table: usize =
            text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        assert!(text[table..].starts_with("xref\n0 6\n"));
        let offsets = text[table..].lines().skip(3).take(5);
        for (number, line) in (1..).zip(offsets) {
            let offset: usize = line[..10].parse().unwrap();
            assert!(text[offset..].starts_with(&format!("{number} 0 obj\n")), "{line}");
        }
        let stream = text.split("stream\n").nth(1).unwrap().strip_suffix("\nend").unwrap();
        assert!(text.contains(&format!("/Length {} ", stream.len())), "{stream}");
    }
}
