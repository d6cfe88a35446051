//! The reader alone: how much report text a core reads in a second.

use std::time::Instant;

use crate::{Measured, Res};

const BOUND: f64 = 1.0;
/// Reports to read, each of about thirty thousand characters, as long as a long one of a province.
const REPORTS: u32 = 12;

/// Reads made-up reports.
pub fn measure() -> Res<Vec<Measured>> {
    let texts: Vec<String> = (0..REPORTS).map(report).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let mut best: f64 = 0.0;
    let mut figures = 0;
    for _ in 0..3 {
        let began = Instant::now();
        figures = texts.iter().map(|text| reader::read("县2025年度法治政府建设工作报告", text).len()).sum();
        best = best.max(bytes as f64 / 1e6 / began.elapsed().as_secs_f64());
    }
    Ok(vec![
        Measured::plain("report text, MB, and figures found in it", format!("{:.1} / {figures}", bytes as f64 / 1e6)),
        Measured::bound("MB/s read", format!("{best:.1}"), ">= 1", best >= BOUND),
    ])
}

const SENTENCES: [&str; 8] = [
    "全年共受理行政复议案件A件,审结B件,调解和解C件,综合纠错率达到D%。",
    "排查各类矛盾纠纷A起,成功化解B起,化解率D%,同比上升C个百分点。",
    "组织开展普法宣传活动A场次,发放宣传资料B万余份,受教育群众达C万人次。",
    "坚持以人民为中心的发展思想,把法治政府建设摆在工作全局的重要位置,统筹谋划,一体推进。",
    "办理行政处罚案件A件,罚没款B.C万元,其中适用简易程序C件,无一被撤销。",
    "新增持证执法人员A名,累计达到B名,培训C期,覆盖率100%。",
    "清理规范性文件A件,其中保留B件、修改C件、废止D件,并向社会公布。",
    "加强重点领域执法,严格规范公正文明执法,切实维护人民群众合法权益,营造良好法治环境。",
];

fn report(seed: u32) -> String {
    let mut state = seed.wrapping_add(1).wrapping_mul(2_654_435_761);
    let mut next = |most: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % most
    };
    let mut text = String::from("县2025年度法治政府建设工作报告\n");
    while text.len() < 90_000 {
        text.push_str("\n一、依法全面履行政府职能\n\n");
        for _ in 0..24 {
            for c in SENTENCES[next(8) as usize].chars() {
                match c {
                    'A' => text.push_str(&(1_000 + next(9_000)).to_string()),
                    'B' => text.push_str(&(100 + next(900)).to_string()),
                    'C' => text.push_str(&(1 + next(99)).to_string()),
                    'D' => text.push_str(&format!("{}.{}", 80 + next(20), next(10))),
                    other => text.push(other),
                }
            }
        }
        text.push('\n');
    }
    text
}
