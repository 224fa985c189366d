// git: what some of its commands print, of one or several in one document:
//
//   git describe --tags --long --always --dirty --abbrev=40
//   git status --porcelain=v2 --branch
//   git log --decorate --date=iso-strict …
//
// `--long` names the tag, the distance and the commit even where the commit has the tag itself;
// without it a tag that looks like a distance could not be told from one. Lightweight tags are tags
// only to `--tags`. A document that does not end its last line was broken off.

#include <algorithm>

#include "runtime/program/semver.h"
#include "sources/formats.h"
#include "sources/numbers.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

bool is_hex(std::string_view text, std::size_t least) {
  return text.size() >= least && text.size() <= 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// `v1.2.3-4-gabc1234`, `abc1234`; with `-dirty` behind it.
struct Described {
  std::string_view tag;
  std::string_view commit;
  std::int64_t distance = 0;
  bool dirty = false;
  bool broken = false;
};

std::optional<Described> described(std::string_view line) {
  Described out;
  for (const std::string_view mark : {"-dirty", "-broken"}) {
    if (!line.ends_with(mark)) continue;
    line.remove_suffix(mark.size());
    out.dirty = true;
  }
  if (line.empty() || line.find_first_of(" \t~^:?*[\\") != std::string_view::npos)
    return std::nullopt;
  const std::size_t dash = line.rfind('-');
  if (dash == std::string_view::npos) {
    if (!is_hex(line, 4)) return std::nullopt;
    out.commit = line;
    return out;
  }
  const std::string_view commit = line.substr(dash + 1);
  const std::string_view before = line.substr(0, dash);
  const std::size_t number = before.rfind('-');
  if (!commit.starts_with('g') || !is_hex(commit.substr(1), 4) || number == 0 ||
      number == std::string_view::npos)
    return std::nullopt;
  const auto distance = whole_number(before.substr(number + 1));
  if (!distance) return std::nullopt;
  out.tag = before.substr(0, number);
  out.commit = commit.substr(1);
  out.distance = *distance;
  return out;
}

// "" for a tag that is none.
std::string_view version_of(std::string_view tag) {
  const std::string_view text = tag.starts_with('v') ? tag.substr(1) : tag;
  program::Semver version;
  program::TextError error;
  return program::Semver::parse(text, version, error) ? text : std::string_view();
}

class Git {
 public:
  // Whether the line is one that such a document begins with.
  static bool begins(std::string_view line) {
    return described(line) || line.starts_with("# branch.oid ") ||
           (line.starts_with("commit ") && is_hex(first_word(line.substr(7)), 7));
  }

  void line(const TextLine& line) {
    const std::string_view text = line.text;
    if (text.starts_with("# branch.")) return status_header(text.substr(9), line.number);
    if (in_status_ && is_change(text)) {
      dirty_ = true;
      return;
    }
    if (text.starts_with("commit ") && is_hex(first_word(text.substr(7)), 7))
      return log_entry(text.substr(7), line.number);
    if (in_log_) return log_line(text);
    if (const auto found = described(text)) return description(*found, line.number);
  }

  // Two commands that speak of two commits were run at two times.
  bool contradicts() const { return contradicts_; }

  void write(Facts& facts) const {
    commit_.empty() ? facts.unknown("commit") : facts.text("commit", commit_, line_);
    dirty_ ? facts.boolean("dirty", *dirty_) : facts.unknown("dirty");
    if (!tag_.empty()) facts.text("tag", tag_, line_);
    if (const std::string_view version = version_of(tag_); !version.empty())
      facts.text("version", version, line_);
    if (!nearest_.empty()) facts.text("nearest_tag", nearest_, line_);
    if (distance_) facts.integer("distance", *distance_, line_);
    if (!branch_.empty()) facts.text("branch", branch_);
    if (ahead_) facts.integer("ahead", *ahead_);
    if (behind_) facts.integer("behind", *behind_);
    if (commits_ > 0) facts.integer("commits", commits_);
    if (!author_.empty()) facts.text("author", author_);
    if (committed_at_) facts.text("committed_at", *committed_at_);
  }

 private:
  static std::string_view first_word(std::string_view text) {
    return text.substr(0, text.find(' '));
  }

  // Of a file: changed, renamed, unmerged, untracked.
  static bool is_change(std::string_view text) {
    return text.size() > 2 && text[1] == ' ' &&
           std::string_view("12u?").find(text[0]) != std::string_view::npos;
  }

  void found_commit(std::string_view commit, std::uint32_t line) {
    if (commit_.empty()) {
      line_ = line;
    } else if (!commit_.starts_with(commit) && !commit.starts_with(commit_)) {
      contradicts_ = true;
    }
    if (commit.size() > commit_.size()) commit_ = commit;
  }

  void description(const Described& found, std::uint32_t line) {
    found_commit(found.commit, line);
    // Where it was not asked for there is no mark either: only a mark says something.
    if (found.dirty) dirty_ = true;
    if (found.tag.empty()) return;
    nearest_ = found.tag;
    distance_ = found.distance;
    if (found.distance == 0) tag_ = found.tag;
  }

  void status_header(std::string_view text, std::uint32_t line) {
    in_status_ = true;
    in_log_ = false;
    if (!dirty_) dirty_ = false;
    const std::string_view word = first_word(text);
    const std::string_view rest = text.substr(std::min(word.size() + 1, text.size()));
    if (word == "oid" && is_hex(rest, 7)) found_commit(rest, line);
    if (word == "head" && rest != "(detached)") branch_ = rest;
    if (word == "ab" && rest.starts_with('+')) {
      const std::string_view ahead = first_word(rest).substr(1);
      const std::size_t minus = rest.find('-');
      ahead_ = whole_number(ahead);
      if (minus != std::string_view::npos) behind_ = whole_number(rest.substr(minus + 1));
    }
  }

  // `SHA (HEAD -> main, tag: v1.2.3, origin/main)`
  void log_entry(std::string_view text, std::uint32_t line) {
    in_status_ = false;
    in_log_ = true;
    if (++commits_ > 1) return;
    found_commit(first_word(text), line);
    std::size_t at = text.find('(');
    if (at == std::string_view::npos) return;
    for (std::string_view rest = text.substr(at + 1); !rest.empty();) {
      const std::size_t end = std::min(rest.find_first_of(",)"), rest.size());
      std::string_view name = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      while (name.starts_with(' ')) name.remove_prefix(1);
      if (!name.starts_with("tag: ")) continue;
      name.remove_prefix(5);
      if (name.starts_with("refs/tags/")) name.remove_prefix(10);
      // Of several the one that is a version.
      if (tag_.empty() || version_of(tag_).empty()) tag_ = name;
    }
  }

  void log_line(std::string_view text) {
    if (commits_ != 1) return;
    const auto behind = [&](std::string_view word) {
      std::string_view rest = text.substr(word.size());
      rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
      return rest;
    };
    if (text.starts_with("Author:")) author_ = behind("Author:");
    // The committer's date is the one of this commit; the author's may be years before.
    if (text.starts_with("Date:") && !committed_at_) committed_at_ = moment(behind("Date:"));
    if (text.starts_with("CommitDate:")) committed_at_ = moment(behind("CommitDate:"));
  }

  std::string commit_, tag_, nearest_, branch_, author_;
  std::optional<bool> dirty_;
  std::optional<std::int64_t> distance_, ahead_, behind_;
  std::optional<std::string> committed_at_;
  std::int64_t commits_ = 0;
  std::uint32_t line_ = 0;
  bool in_status_ = false;
  bool in_log_ = false;
  bool contradicts_ = false;
};

}  // namespace

bool recognise_git(Opened& file) {
  if (file.shape() != inputs::Shape::text) return false;
  for (const TextLine& line : file.lines()) {
    if (line.text.empty()) continue;
    return Git::begins(line.text);
  }
  return false;
}

void read_git(const Documents& documents, Facts& facts) {
  Git git;
  for (Opened& file : documents.files) {
    if (!file.bytes().ends_with('\n')) {
      documents.fail(file, 0, "a last line that ends", "a document that is broken off");
      continue;
    }
    for (const TextLine& line : file.lines()) git.line(line);
    if (git.contradicts()) {
      documents.fail(file, 0, "all of it about one commit", "two commits");
      return;
    }
  }
  git.write(facts);
}

}  // namespace dpol::sources
