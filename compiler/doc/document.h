// Document: what there is to say about policies, as headings, entries, tables and lists. What
// writes it down (markdown.cpp, html.cpp) knows nothing of policies, so all formats say the same.
//
// Every text in it is as the author of the policy wrote it: whoever writes it down escapes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dpol::doc {

enum class Form : std::uint8_t { plain, code, strong };
struct Run {
  Form form = Form::plain;
  std::string text;
  std::string target;  // the anchor of what it names; "": of nothing
};
using Text = std::vector<Run>;

// What a line is about, for those who look for one thing: what undoes a release, say.
enum class Tone : std::uint8_t { none, require, warn, hold, rollback, person, change };

// `Why: …`
struct Line {
  std::string label;
  Text text;
  Tone tone = Tone::none;
};
using Lines = std::vector<Line>;

struct Paragraph {
  Text text;
};

// Text of several lines that is to be copied as it is: a command, a message.
struct Verbatim {
  std::string about;  // what it is
  std::string text;
};

// How far something to be done is.
enum class Check : std::uint8_t { done, open, later };
struct State {
  Check check = Check::open;
  std::string word;  // "signed by nobody yet"
};

// A rule, something to be done.
struct Entry {
  std::string anchor;
  Text title;
  std::string id;
  std::vector<std::string> marks;  // "final"
  Lines lines;
  std::optional<State> state{};  // of a list of tasks
  std::vector<Verbatim> texts{};
};
using Entries = std::vector<Entry>;

// Rows are as long as the columns; columns in which all cells are empty are left out.
struct Table {
  std::string about;  // what it is a table of
  std::vector<std::string> columns;
  std::vector<std::vector<Text>> rows;
};

// A tree, each node with what is to be said about it.
struct Node {
  Text text;
  std::vector<Text> notes;
  std::vector<Node> below;
};

using Block = std::variant<Paragraph, Lines, Entries, Table, Node, Verbatim>;

struct Section {
  unsigned level = 1;  // 1 to 4; no more than one deeper than the section before
  std::string title;
  std::string anchor;
  std::vector<Block> blocks;
};

struct Document {
  std::string title;
  std::vector<Block> blocks;  // before the first section
  std::vector<Section> sections;
  std::string subject = "policy";       // what it is about, in a word
  std::string written_by = "dpol doc";  // the command
};

// The columns in which some cell is not empty.
std::vector<std::size_t> columns_in_use(const Table& table);

}  // namespace dpol::doc
