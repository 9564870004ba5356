//! Names of attributes: which ones a tree can hold.

/// Whether an attribute can have that name. Others are left out.
pub(super) fn is_attribute_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(starts_name) && characters.all(continues_name)
}

fn starts_name(character: char) -> bool {
    match character {
        'a'..='z' | ':' | '_' => true,
        '\0'..='\x7f' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}' => false,
        _ => continues_name(character),
    }
}

fn continues_name(character: char) -> bool {
    matches!(character,
        'a'..='z' | '0'..='9' | ':' | '_' | '-' | '.'
        | '\u{b7}' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{37d}' | '\u{37f}'..='\u{1fff}'
        | '\u{200c}'..='\u{200d}' | '\u{203f}'..='\u{2040}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}
