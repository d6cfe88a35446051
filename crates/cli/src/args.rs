//! What the program can be asked, and the help that teaches it.

use std::error::Error;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{Args, Parser, Subcommand, ValueEnum};
use store::Address;
use terms::{Date, Digest, PlaceCode, RecordId, Stretch};

use crate::failure::Failure;
use crate::out::Out;
use crate::running::Running;

/// 法治: the platform on which a government runs law-based government.
#[derive(Parser)]
#[command(
    name = "fazhi",
    version,
    about = "法治 — procedures, records and figures of law-based government",
    long_about = "法治 — the platform on which a government runs law-based government: it carries out procedures, \
                  refuses the unlawful step with its article, keeps the record, and turns the records into the \
                  figures of the annual report.\n\n\
                  Start with a county and a year of synthetic records:\n\n    \
                  fazhi demo\n    \
                  fazhi figures --place 632222 --year 2020\n\n\
                  Ends with 0 where all is well, 1 where it found something, 2 where it could not run."
)]
pub struct Arguments {
    #[command(flatten)]
    pub at: At,
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// Reads what was asked; ends the program where that was wrong, or was for help.
    ///
    /// # Errors
    /// Where it is the place of the records. It is not repeated, as other wrong values are: it may hold a password.
    pub fn read() -> Result<Arguments, Failure> {
        Arguments::try_parse().map_err(|error| match (error.get(ContextKind::InvalidArg), error.source()) {
            (Some(ContextValue::String(name)), Some(why)) if name.starts_with("--data ") => {
                Failure::new(format!("--data: {why}"), "")
            }
            _ => error.exit(),
        })
    }
}

/// Where records and rules lie.
#[derive(Args)]
pub struct At {
    /// Where the records lie: a folder, or a PostgreSQL database (postgres://user:password@host:port/name)
    #[arg(
        long,
        global = true,
        value_name = "PLACE",
        env = "FAZHI_DATA",
        hide_env_values = true,
        default_value = "fazhi-data"
    )]
    pub data: Address,
    /// A folder with the catalogue of lines; without it, the one built into the program
    #[arg(long, global = true, value_name = "DIR")]
    pub catalog: Option<PathBuf>,
    /// A folder of document templates of your own (<line>/<name>.docx), used in place of the catalogue's; without it, the
    /// folder `documents` beside the ledger, where there is one
    #[arg(long, global = true, value_name = "DIR", env = "FAZHI_DOCUMENTS")]
    pub documents: Option<PathBuf>,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Build five governments with their years of synthetic records, and serve them
    #[command(
        long_about = "Builds 祁连县 (632222), 锡林郭勒盟 (152500), 新乡市 (410700), 包头市 (150200) and 内蒙古自治区 \
                            (150000) with those under them, in the years that their own reports tell, every record put \
                            in through the same door as people use. The county is there first and is served at once; \
                            the others come behind it, and the pages say which are still coming. What is there already \
                            is used again. All of it is synthetic; no real person appears.\n\n\
                            Examples: fazhi demo --data try-it --port 8421\n          \
                            fazhi demo --only 632222"
    )]
    Demo(Demo),
    /// Serve the pages and the interface for programs
    #[command(long_about = "Serves the ledger in the data folder on this machine.\n\n\
                            Example: fazhi serve --data county --port 8420")]
    Serve(Serve),
    /// Check the catalogue: every finding with its file, line and remedy
    #[command(long_about = "Reads the whole catalogue, tells everything that is wrong with it in one run, and how \
                            surely each line's rules were read (V: full text, Vx: excerpt, K: from knowledge). Ends \
                            with 1 only where there are errors.\n\n\
                            Example: fazhi check --catalog catalog --statutes my-statutes")]
    Check(Check),
    /// Tell the figures of a place and a period
    #[command(long_about = "Tells every figure of a place, counted from its records. A part of a figure is written \
                            code/part. Money is in yuan.\n\n\
                            Examples: fazhi figures --place 632222 --year 2020\n          \
                            fazhi figures --place 632222100 --from 2020-05-01 --to 2020-10-31 --format tsv")]
    Figures(Figures),
    /// Count the figures anew from the records and compare
    #[command(long_about = "Folds every record again, counts the year's figures from them, and compares with what is \
                            told. Ends with 1 where they differ.\n\n\
                            Example: fazhi recount --place 632222 --year 2020")]
    Recount(Recount),
    /// Read the figures out of published reports
    #[command(long_about = "Reads plain-text reports (UTF-8, GB18030, UTF-16 with a mark) and prints every figure \
                            with its line, or with --audit whether totals, differences and ratios hold.\n\n\
                            Example: fazhi read qilian-2020.txt --format tsv")]
    Read(Read),
    /// Tell where each figure of the published reports comes from
    #[command(long_about = "Goes through all 336 figures of the five published reports: which are told from records \
                            (and told right: equal means that it rounds to what is printed, with its qualifier), \
                            which no record carries and were reported with what they rest on, or are still to be \
                            reported, and which have no line yet. Ends with 1 where a figure that the lines cover is \
                            not told, or was reported otherwise than it is printed.\n\n\
                            Examples: fazhi coverage\n          \
                            fazhi coverage --place 632222 --all")]
    Coverage(Coverage),
    /// Compose the year's report of a place
    #[command(long_about = "Writes the annual report with our figures bound into its sentences; a sentence without a \
                            figure is left out.\n\n\
                            Example: fazhi report --place 632222 --year 2020 --format md -o report.md")]
    Report(Report),
    /// Put a published report beside our records
    #[command(long_about = "Compares every figure that both the published report and our records know, with a \
                            score from 70 to 100 of how surely a figure of the report is that figure of ours, and the \
                            next best one. Below 70 it is no figure of ours. Ends with 1 where any differs.\n\n\
                            Examples: fazhi compare --place 632222 --year 2020 qilian-2020.txt\n          \
                            fazhi compare --place 632222 --year 2020 --all --format tsv qilian-2020.txt")]
    Compare(Compare),
    /// Verify the ledger: chains, contents, states, due days, publications, figures
    #[command(
        long_about = "Checks every hash, folds every record again and compares with what is kept: its state and \
                            columns, due days, keys, publications and figures. Names the first record that differs \
                            and ends with 1.\n\n\
                            With --rebuild, what differs is made anew from the events: stop every program on the \
                            ledger first. Nothing is derived from a damaged event, and no event is changed; a wrong \
                            sum is mended by a further entry, so that what was told on a day stays as it was told. It \
                            may be repeated. Then it ends with 0 where nothing differed, 1 where something was \
                            rebuilt, 2 where it could not.\n\n\
                            Examples: fazhi verify --data county\n          \
                            fazhi verify --data county --rebuild"
    )]
    Verify(Verify),
    /// Copy the ledger into another folder, also while it is served
    #[command(long_about = "Copies the ledger, also while another program serves it, with a manifest that says how \
                            far it goes and what its SM3 is. All that was done before it began is in it. One folder \
                            for each backup.\n\n\
                            Example: fazhi backup --data county --to /backup/2026-06-01")]
    Backup(Backup),
    /// Put a backup into a place that holds no ledger
    #[command(long_about = "Checks a backup against its manifest, puts it into a folder that holds no ledger, \
                            verifies it, and says how far it goes. Ends with 1 where it does not verify.\n\n\
                            Example: fazhi restore --from /backup/2026-06-01 --data county")]
    Restore(Restore),
    /// Run cases: timelines that try the lines
    #[command(long_about = "Runs case files against the catalogue: each step with its answer and its dates.\n\n\
                            Example: fazhi case cases/penalty/fined_paid_archived.case")]
    Case(Case),
    /// Tell the dates of a record, day by day
    #[command(long_about = "Tells where each limit of a record stands and why: what started it, what stopped or \
                            extended it, which holidays it passed over.\n\n\
                            Example: fazhi explain 4711 --place 632222")]
    Explain(Explain),
    /// Erase a file of a record, as an order to erase says
    #[command(
        long_about = "Erases what a record's events say of a file: its name, kind and size; and its bytes, unless \
                            an event elsewhere names the same file. The chain proves the rest as before. It cannot be \
                            undone, and does not reach backups taken before. Stop the program that serves a folder \
                            first.\n\n\
                            Example: fazhi erase 4711 66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )]
    Erase(Erase),
    /// Print a record's whole file as one PDF
    #[command(
        long_about = "Prints the file of a record: cover, contents, every event with its articles and findings, \
                            the documents issued, attachments, and the hash that proves it whole. Only a program that \
                            was built with the feature `press` can.\n\n\
                            Example: fazhi casefile --place 632222 --record 4711 --out file.pdf"
    )]
    Casefile(Casefile),
    /// Tell which of the 221 entries of the scope work
    #[command(long_about = "Tells group by group which entries of docs/scope.md work. An entry works when a case \
                            that runs green names it (a line `scope 9.01` in the case).\n\n\
                            Example: fazhi scope --cases cases")]
    Scope(Scope),
    /// Move a whole ledger to another place or engine, and prove that both hold the same
    #[command(long_about = "Copies every government with its log, records, figures, accounts and notes into an empty \
                            folder or database, then compares both row by row. Who is signed in stays behind. Stop \
                            the program that writes to it first. Ends with 1 where anything differs.\n\n\
                            Example: fazhi copy --from county --to postgres://fazhi:secret@127.0.0.1/city")]
    Copy(Copy),
    /// Bring the tables of a ledger up to date with this program
    #[command(long_about = "Brings the schema of the ledger at --data up to date and says from which version to \
                            which; a new database gets its tables. Every command that writes does the same by \
                            itself.\n\n\
                            Example: fazhi migrate --data postgres://fazhi:secret@127.0.0.1/city")]
    Migrate(Migrate),
    /// Bring the search index up to the ledger, or make it anew
    #[command(
        long_about = "Brings the index of full-text search up to the ledger and says how far it goes. A program \
                            that serves does so by itself, also where the index is missing, damaged or of an older \
                            form: then it makes it anew. Deleting the folder of the index loses nothing.\n\n\
                            Example: fazhi search --data county --rebuild"
    )]
    Search(Search),
    /// Make the first administrators
    #[command(
        long_about = "Makes an account that holds one of the three administrators' posts, and prints a password \
                            for its first sign-in; whoever runs the program makes the first ones, and they make all \
                            others on the pages. It is written into the log of administration.\n\n\
                            Example: fazhi appoint --place 632222 --post system_administrator --name \"王某\" root"
    )]
    Appoint(Appoint),
    /// Write the empty sheet of a line, to be filled in and brought in
    #[command(long_about = "Writes a sheet with a column for each field of the act that opens a record, and with \
                            --history for the day and the fields of every further act; a second sheet explains the \
                            columns.\n\n\
                            Example: fazhi template --line officer --out officers.xlsx")]
    Template(Template),
    /// Bring in the rows of a sheet, through the same door as people use
    #[command(long_about = "Tries every row of an xlsx, xls or csv file, and brings all of them in, or with \
                            --only-good the good ones. History comes in as facts under an import order, which names \
                            its source and who approved it; a row that came in under an order comes in no second \
                            time. --mirror takes the export of another system, again and again. Ends with 1 where a \
                            row is not good.\n\n\
                            Examples: fazhi import --line officer --file officers.xlsx --by steward --order-source \
                            'paper register' --approved-by 'head of the office' --dry-run\n          \
                            fazhi import --mirror reconsideration_platform --file export.csv --by steward \
                            --order-source 'national platform' --approved-by 'head of the office' --only-good")]
    Import(Import),
    /// Write a list of records as csv or xlsx, as an account may see it
    #[command(
        long_about = "Writes the records that an account may list, of a line with every field; personal content \
                            is masked, and that the list went out is noted. Its length does not matter.\n\n\
                            Example: fazhi export --line penalty --from 2020-01-01 --to 2020-12-31 --by steward --out \
                            penalties.csv"
    )]
    Export(Export),
    /// Write an official table of a place and year as xlsx
    #[command(
        long_about = "Tells the cells of a table in catalog/reports/tables from the figures, and checks what must \
                            add up. Ends with 1 where it does not.\n\n\
                            Example: fazhi table --name disclosure_annual --place 632222 --year 2020 --out table.xlsx"
    )]
    Table(Table),
}

/// `appoint`.
#[derive(Args)]
pub struct Appoint {
    /// The account to make
    pub account: String,
    /// The post: system_administrator, security_administrator or security_auditor
    #[arg(long, value_name = "POST")]
    pub post: String,
    /// The name to show
    #[arg(long)]
    pub name: String,
    /// Whose accounts; may be left out where the ledger keeps one government
    #[arg(long, value_name = "CODE")]
    pub place: Option<PlaceCode>,
    /// The agency of the account; it is made where there is none
    #[arg(long, value_name = "CODE", default_value = "administration")]
    pub agency: String,
    /// What that agency is called, where it is made
    #[arg(long, value_name = "NAME", default_value = "系统管理")]
    pub agency_name: String,
}

/// `demo`.
#[derive(Args)]
pub struct Demo {
    /// The port to serve on
    #[arg(long, default_value_t = 8420)]
    pub port: u16,
    /// Build only, do not serve
    #[arg(long)]
    pub no_serve: bool,
    /// Only these governments: 632222, 152500, 410700, 150200, 150000
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub only: Vec<PlaceCode>,
    /// One in so many of the records of the four larger ones: to try it out, their figures are then not the reports'
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub scale: u32,
    /// Throw the demonstration in the data folder away and build it anew
    #[arg(long)]
    pub fresh: bool,
    /// A report as it was published, to stand beside ours; its name ends with the year: qilian-2020.txt
    #[arg(long, value_name = "FILE")]
    pub published: Vec<PathBuf>,
    #[command(flatten)]
    pub running: Running,
}

/// `serve`.
#[derive(Args)]
pub struct Serve {
    /// The port to serve on
    #[arg(long, default_value_t = 8420)]
    pub port: u16,
    /// Whose site it is; not needed where the ledger keeps only one government
    #[arg(long, value_name = "CODE")]
    pub place: Option<PlaceCode>,
    /// A report as it was published, to stand beside ours; its name ends with the year: qilian-2020.txt
    #[arg(long, value_name = "FILE")]
    pub published: Vec<PathBuf>,
    #[command(flatten)]
    pub out: Out,
    #[command(flatten)]
    pub running: Running,
}

/// `check`.
#[derive(Args)]
pub struct Check {
    /// A folder of statute texts, each named `short name(YYYY-MM-DD).txt`, to check citations against
    #[arg(long, value_name = "DIR")]
    pub statutes: Option<PathBuf>,
}

/// `coverage`.
#[derive(Args)]
pub struct Coverage {
    /// Only the report of this place
    #[arg(long, value_name = "CODE")]
    pub place: Option<PlaceCode>,
    /// List every figure, not only those that are not told
    #[arg(long)]
    pub all: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// How tables are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For spreadsheets: tab-separated.
    Tsv,
    /// For programs.
    Json,
}

/// `figures`.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("period").required(true).args(["year", "from"]))]
pub struct Figures {
    /// The place: 6 digits (county or above), 9 (township) or 12 (village)
    #[arg(long, value_name = "CODE")]
    pub place: PlaceCode,
    /// A calendar year
    #[arg(long, value_name = "YEAR", value_parser = year)]
    pub year: Option<i16>,
    /// First day, with --to
    #[arg(long, value_name = "DATE", requires = "to")]
    pub from: Option<Date>,
    /// Last day, with --from
    #[arg(long, value_name = "DATE", requires = "from")]
    pub to: Option<Date>,
    /// Only of the agencies that sit at the place itself, and none below it
    #[arg(long)]
    pub own: bool,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

/// `recount`.
#[derive(Args)]
pub struct Recount {
    /// The place
    #[arg(long, value_name = "CODE")]
    pub place: PlaceCode,
    /// The calendar year
    #[arg(long, value_name = "YEAR", value_parser = year)]
    pub year: i16,
}

/// `read`.
#[derive(Args)]
pub struct Read {
    /// Reports: Word (.docx), PDF with text, saved web pages or plain text; the name without its ending names the report
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
    /// Print the arithmetic of the report instead: totals, differences, ratios; ends with 1 where one fails
    #[arg(long)]
    pub audit: bool,
}

/// How a report is written.
#[derive(Clone, Copy, ValueEnum)]
pub enum Paper {
    /// Plain text.
    Text,
    /// Markdown.
    Md,
    /// An official letter after GB/T 9704, for a text processor.
    Docx,
    /// The same, printed; by a program that was built with the feature `press`.
    Pdf,
    /// Its figures as data: code, name, place, level, period, value, unit, how exact, from where, digest of the definition.
    Json,
    /// The same as a sheet.
    Xlsx,
}

/// `report`.
#[derive(Args)]
pub struct Report {
    /// The place
    #[arg(long, value_name = "CODE")]
    pub place: PlaceCode,
    /// The calendar year; --year 2020 and --period 2020 are the same
    #[arg(long, value_name = "YEAR", value_parser = year, conflicts_with = "period", required_unless_present = "period")]
    pub year: Option<i16>,
    /// A year, a quarter, a month or a day: 2020, 2020Q3, 2020-07, 2020-07-15
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<Stretch>,
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    pub format: Paper,
    /// The letter's number, as docx or pdf, of a report that was not signed here; without one it is a draft and has no red head
    #[arg(long, value_name = "NUMBER", default_value = "")]
    pub number: String,
    /// Who signs it, for a letter that goes upward and was not signed here
    #[arg(long, value_name = "NAME", default_value = "")]
    pub signer: String,
    /// The file to write; without it, the screen
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `compare`.
#[derive(Args)]
pub struct Compare {
    /// The place
    #[arg(long, value_name = "CODE")]
    pub place: PlaceCode,
    /// The calendar year
    #[arg(long, value_name = "YEAR", value_parser = year)]
    pub year: i16,
    /// The published report: Word (.docx), PDF with text, a saved web page or plain text
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,
    /// List what the report says of no figure of ours too
    #[arg(long)]
    pub all: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// `verify`.
#[derive(Args)]
pub struct Verify {
    /// Make everything that is derived anew from the events, where it differs
    #[arg(long)]
    pub rebuild: bool,
}

/// `backup`.
#[derive(Args)]
pub struct Backup {
    /// The folder to write; made where it is not there
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
}

/// `restore`.
#[derive(Args)]
pub struct Restore {
    /// The folder of the backup
    #[arg(long, value_name = "FOLDER")]
    pub from: PathBuf,
}

/// `case`.
#[derive(Args)]
pub struct Case {
    /// Case files, or folders of them
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `explain`.
#[derive(Args)]
pub struct Explain {
    /// The record's number
    #[arg(value_name = "RECORD")]
    pub record: RecordId,
    /// Its government; not needed where the ledger keeps only one
    #[arg(long, value_name = "CODE")]
    pub place: Option<PlaceCode>,
}

/// `erase`.
#[derive(Args)]
pub struct Erase {
    /// The record's number
    #[arg(value_name = "RECORD")]
    pub record: RecordId,
    /// The SM3 of the file: the last part of its address
    #[arg(value_name = "SM3")]
    pub file: Digest,
    /// Its government; not needed where the ledger keeps only one
    #[arg(long, value_name = "CODE")]
    pub place: Option<PlaceCode>,
}

/// `casefile`.
#[derive(Args)]
pub struct Casefile {
    /// The record's number
    #[arg(long, value_name = "RECORD")]
    pub record: RecordId,
    /// Its government; not needed where the ledger keeps only one
    #[arg(long, value_name = "CODE")]
    pub place: Option<PlaceCode>,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// `scope`.
#[derive(Args)]
pub struct Scope {
    /// The folder of cases
    #[arg(long, value_name = "DIR", default_value = "cases")]
    pub cases: PathBuf,
    /// List every entry, not only the groups
    #[arg(long)]
    pub all: bool,
}

/// `copy`.
#[derive(Args)]
pub struct Copy {
    /// The ledger to copy: a folder or a PostgreSQL database
    #[arg(long, value_name = "PLACE", env = "FAZHI_COPY_FROM", hide_env_values = true)]
    pub from: Address,
    /// Where it goes: a new folder or an empty PostgreSQL database
    #[arg(long, value_name = "PLACE", env = "FAZHI_COPY_TO", hide_env_values = true)]
    pub to: Address,
    /// Copy nothing: compare two ledgers that are there
    #[arg(long)]
    pub prove: bool,
}

/// `migrate`.
#[derive(Args)]
pub struct Migrate {
    /// Distribute the tables of a new database by government (PostgreSQL with the extension citus)
    #[arg(long)]
    pub citus: bool,
}

/// `search`.
#[derive(Args)]
pub struct Search {
    /// Throw the index away first
    #[arg(long)]
    pub rebuild: bool,
    /// The folder of the index; without it, `search` in the data folder, or for a database `fazhi-search` here
    #[arg(long, value_name = "FOLDER")]
    pub index: Option<PathBuf>,
}

/// `template`.
#[derive(Args)]
pub struct Template {
    /// The line
    #[arg(long, value_name = "LINE")]
    pub line: String,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The act that opens a record, where the line has several
    #[arg(long, value_name = "ACT")]
    pub act: Option<String>,
    /// With the day and the fields of every further act
    #[arg(long)]
    pub history: bool,
    /// Titles in English
    #[arg(long)]
    pub english: bool,
    /// Whose sheet it is; not needed where the ledger keeps only one government
    #[arg(long, value_name = "CODE")]
    pub place: Option<PlaceCode>,
}

/// `import`.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["line", "mirror"]))]
pub struct Import {
    /// The line
    #[arg(long, value_name = "LINE")]
    pub line: Option<String>,
    /// A mirror of the catalogue: the export of another system
    #[arg(long, value_name = "NAME")]
    pub mirror: Option<String>,
    /// The file: xlsx, xls or csv
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
    /// The account that brings it in, a data steward's
    #[arg(long, value_name = "ACCOUNT")]
    pub by: String,
    /// Where the rows were kept before
    #[arg(long, value_name = "WORDS")]
    pub order_source: Option<String>,
    /// Who approved that they come in
    #[arg(long, value_name = "WORDS")]
    pub approved_by: Option<String>,
    /// The act that opens a record, where the line has several
    #[arg(long, value_name = "ACT")]
    pub act: Option<String>,
    /// As acts of today, judged like those of a form, and not as history
    #[arg(long, conflicts_with = "mirror")]
    pub as_today: bool,
    /// Bring in the good rows; without it, all or none
    #[arg(long)]
    pub only_good: bool,
    /// Try every row and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write the sheet with a verdict beside every row
    #[arg(long, value_name = "FILE")]
    pub verdicts: Option<PathBuf>,
    /// The government; not needed where the ledger keeps only one
    #[arg(long, value_name = "CODE")]
    pub place: Option<PlaceCode>,
}

/// `export`.
#[derive(Args)]
pub struct Export {
    /// The file to write: csv or xlsx, by its ending
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The account that may see it
    #[arg(long, value_name = "ACCOUNT")]
    pub by: String,
    /// Records of this line alone, with every field
    #[arg(long, value_name = "LINE")]
    pub line: Option<String>,
    /// Opened on or after
    #[arg(long, value_name = "DATE")]
    pub from: Option<Date>,
    /// Opened on or before
    #[arg(long, value_name = "DATE")]
    pub to: Option<Date>,
    /// The government; not needed where the ledger keeps only one
    #[arg(long, value_name = "CODE")]
    pub place: Option<PlaceCode>,
}

/// `table`.
#[derive(Args)]
pub struct Table {
    /// The table: a file in catalog/reports/tables
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// The place
    #[arg(long, value_name = "CODE")]
    pub place: PlaceCode,
    /// The calendar year
    #[arg(long, value_name = "YEAR", value_parser = year)]
    pub year: i16,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Titles in English
    #[arg(long)]
    pub english: bool,
}

fn year(text: &str) -> Result<i16, String> {
    match text.parse::<i16>() {
        Ok(year) if (1949..=2100).contains(&year) => Ok(year),
        _ => Err("write a year of four digits between 1949 and 2100".to_owned()),
    }
}
