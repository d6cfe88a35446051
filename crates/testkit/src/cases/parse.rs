//! The text of a case, read.

use terms::{Code, Date, DateTime};

use super::{Case, CaseError, Deed, Pair, Register, Step};

/// The time of a step that names none.
const MORNING: (i8, i8) = (9, 0);

/// One word of a line.
enum Token {
    Word(String),
    Quoted(String),
    Pair(String, String),
}

/// A line in its parts.
struct Parts {
    tokens: Vec<Token>,
    left: String,
    right: Option<String>,
    comment: Option<String>,
}

/// Reads a case.
///
/// # Errors
/// Where the text is no case.
pub fn parse(text: &str) -> Result<Case, CaseError> {
    let mut case = Case {
        name: String::new(),
        line: Code::default(),
        version: None,
        place: "632222".parse().map_err(|why| CaseError::new(0, format!("{why}")))?,
        scope: Vec::new(),
        also: Vec::new(),
        governments: Vec::new(),
        set: Vec::new(),
        registers: Vec::new(),
        steps: Vec::new(),
        text: text.lines().map(str::to_owned).collect(),
    };
    for (number, line) in (1..).zip(text.lines()) {
        let parts = cut(line, number)?;
        let Some(first) = parts.tokens.first() else { continue };
        match first {
            Token::Word(word) if word.starts_with(|letter: char| letter.is_ascii_digit()) => {
                case.steps.push(step(parts, number)?);
            }
            Token::Word(word) => header(&mut case, &word.clone(), &parts.tokens[1..], number)?,
            _ => return Err(CaseError::new(number, "a line begins with a date or a word of the header")),
        }
    }
    let last = case.text.len();
    if case.name.is_empty() || case.line.is_empty() {
        return Err(CaseError::new(1, "write `case name` and `line code` first"));
    }
    if case.steps.is_empty() {
        return Err(CaseError::new(last, "there is no dated line: write what happens"));
    }
    if let Some(pair) = case.steps.windows(2).find(|pair| pair[1].at < pair[0].at) {
        return Err(CaseError::new(pair[1].line, "this is earlier than the line before it: dates go forward"));
    }
    Ok(case)
}

fn header(case: &mut Case, word: &str, rest: &[Token], number: usize) -> Result<(), CaseError> {
    let wrong = |message: &str| CaseError::new(number, message);
    let words: Vec<&str> = rest.iter().filter_map(Token::word).collect();
    match (word, words.as_slice()) {
        ("case", [name]) => case.name = (*name).to_owned(),
        ("line", [code]) => case.line = (*code).into(),
        ("line", [code, version]) => {
            case.line = (*code).into();
            case.version = Some(version.trim_start_matches('@').to_owned());
        }
        ("place", [place]) => {
            case.place = place.parse().map_err(|why| CaseError::new(number, format!("{why}")))?;
        }
        ("scope", entries) => case.scope.extend(entries.iter().map(|entry| (*entry).to_owned())),
        ("also", lines) => case.also.extend(lines.iter().map(|code| Code::from(*code))),
        ("governments", codes) => {
            for code in codes {
                case.governments.push(code.parse().map_err(|why| CaseError::new(number, format!("{why}")))?);
            }
        }
        ("set", []) => case.set.extend(pairs(rest, number)),
        ("set", _) => return Err(wrong("`set` takes field=value")),
        ("register", [of, options @ ..]) => {
            let option = |mark: char| options.iter().find_map(|word| word.strip_prefix(mark)).map(str::to_owned);
            if let Some(other) = options.iter().find(|word| !word.starts_with(['@', ':'])) {
                return Err(CaseError::new(number, format!("`{other}` is no @stage, :agency or field=value")));
            }
            let (stage, agency) = (option('@'), option(':'));
            let pairs = pairs(rest, number);
            case.registers.push(Register { line: number, of: (*of).into(), stage, agency, pairs });
        }
        _ => {
            return Err(wrong(
                "a header line is case, line, place, scope, also, governments, set or register, with its words",
            ));
        }
    }
    Ok(())
}

fn pairs(tokens: &[Token], line: usize) -> Vec<Pair> {
    let pair = |token: &Token| match token {
        Token::Pair(key, value) => Some(Pair { key: key.clone(), value: value.clone(), line }),
        _ => None,
    };
    tokens.iter().filter_map(pair).collect()
}

fn step(parts: Parts, number: usize) -> Result<Step, CaseError> {
    let mut tokens = parts.tokens.into_iter().peekable();
    let date = tokens.next().as_ref().and_then(Token::word).unwrap_or_default().to_owned();
    let day: Date = date.parse().map_err(|_| CaseError::new(number, format!("`{date}` is no day: 2026-06-01")))?;
    let time = tokens.peek().and_then(Token::word).and_then(time);
    if time.is_some() {
        tokens.next();
    }
    let (hour, minute) = time.unwrap_or(MORNING);
    let at: DateTime = day.at(hour, minute, 0, 0);
    let rest: Vec<Token> = tokens.collect();
    let deed = if rest.is_empty() { None } else { Some(deed(rest, number)?) };
    Ok(Step { line: number, at, deed, left: parts.left, comment: parts.comment, expected: parts.right })
}

fn time(word: &str) -> Option<(i8, i8)> {
    let (hour, minute) = word.split_once(':')?;
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some((hour, minute))
}

fn deed(tokens: Vec<Token>, number: usize) -> Result<Deed, CaseError> {
    let mut tokens = tokens.into_iter();
    let (Some(Token::Word(who)), Some(Token::Word(act))) = (tokens.next(), tokens.next()) else {
        return Err(CaseError::new(number, "after the date comes a post and an act, or nothing"));
    };
    let (who, government) = who.split_once('/').map_or((who.as_str(), None), |(who, code)| (who, Some(code)));
    let government = government.map(str::parse).transpose().map_err(|why| CaseError::new(number, format!("{why}")))?;
    let (who, agency) = who.split_once('@').map_or((who, None), |(who, agency)| (who, Some(agency)));
    let (post, account) = who.split_once(':').unwrap_or((who, who));
    let mut deed = Deed {
        post: post.to_owned(),
        account: account.to_owned(),
        agency: agency.map(str::to_owned),
        government,
        act,
        words: Vec::new(),
        pairs: Vec::new(),
        reasons: Vec::new(),
        reason: None,
        signed: false,
        imported: false,
    };
    let mut because = false;
    for token in tokens {
        match token {
            Token::Word(word) if word == "because" => because = true,
            Token::Word(word) if word == "signed" => deed.signed = true,
            Token::Word(word) if word == "imported" => deed.imported = true,
            Token::Word(word) => deed.words.push(word),
            Token::Quoted(text) => deed.reason = Some(text),
            Token::Pair(rule, text) if because => deed.reasons.push((rule.as_str().into(), text)),
            Token::Pair(key, value) => deed.pairs.push(Pair { key, value, line: number }),
        }
    }
    Ok(deed)
}

impl Token {
    fn word(&self) -> Option<&str> {
        match self {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    fn read(raw: &str) -> Token {
        let key = raw
            .split_once('=')
            .filter(|(key, _)| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        match key {
            Some((key, value)) => Token::Pair(key.to_owned(), unquoted(value).to_owned()),
            None if raw.starts_with('"') => Token::Quoted(unquoted(raw).to_owned()),
            None => Token::Word(raw.to_owned()),
        }
    }
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// Cuts a line into its words, its right side and its comment.
fn cut(line: &str, number: usize) -> Result<Parts, CaseError> {
    let (mut tokens, mut right, mut at) = (Vec::new(), None, 0);
    let comment = loop {
        at += line[at..].len() - line[at..].trim_start().len();
        let rest = &line[at..];
        if rest.is_empty() || rest.starts_with('#') {
            break (!rest.is_empty()).then_some(at);
        }
        let long = word_length(rest).ok_or_else(|| CaseError::new(number, "a quote or bracket is not closed"))?;
        let raw = &rest[..long];
        if matches!(raw, "->" | "x" | "?" | "!") && right.is_none() {
            right = Some(at);
        }
        if right.is_none() {
            tokens.push(Token::read(raw));
        }
        at += long;
    };
    let end = comment.unwrap_or(line.len());
    Ok(Parts {
        tokens,
        left: line[..right.unwrap_or(end)].trim_end().to_owned(),
        right: right.map(|right| line[right..end].trim_end().to_owned()),
        comment: comment.map(|comment| line[comment..].trim_end().to_owned()),
    })
}

/// How many bytes the first word has: up to the next space outside quotes and brackets.
fn word_length(text: &str) -> Option<usize> {
    let (mut quoted, mut bracket) = (false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '[' if !quoted => bracket = true,
            ']' if !quoted => bracket = false,
            _ if letter.is_whitespace() && !quoted && !bracket => return Some(at),
            _ => {}
        }
    }
    (!quoted && !bracket).then_some(text.len())
}
