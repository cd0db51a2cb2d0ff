//! Text as the register keeps it: trimmed, line ends as `\n`, no control characters, a lone dash meaning nothing.

/// Several lines.
pub fn clean(text: &str) -> String {
    let text: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|c| if c == '\r' { '\n' } else { c })
        // Neither XML 1.0 nor PostgreSQL carries the other control characters.
        .filter(|c| !c.is_control() || *c == '\n')
        .collect();
    let text = formats::sheets::trim(&text);
    // Offices write a dash where there is nothing to write.
    if text.chars().all(|c| matches!(c, '-' | '－' | '―' | '—' | '‐' | '−')) { String::new() } else { text.to_owned() }
}

/// One line.
pub fn clean_line(text: &str) -> String {
    clean(&text.replace(['\t', '\n', '\r'], " "))
}
