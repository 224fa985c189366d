// Patterns, and their answers on every text that can reach them.

#include <re2/re2.h>

#include <memory>
#include <utility>

#include "runtime/vm/pattern.h"
#include "runtime/vm/regexes.h"

namespace dpol::vm {

using program::CellId;
using program::Instruction;
using program::Opcode;
using program::Program;
using program::Value;

struct Regexes::Pattern {
  std::unique_ptr<RE2> compiled;
  std::vector<std::uint8_t> answers;  // of each symbol: 0 not asked, 1 no, 2 yes
};

namespace {

constexpr std::uint8_t kNo = 1;
constexpr std::uint8_t kYes = 2;
RE2::Options options() {
  RE2::Options result;
  result.set_log_errors(false);
  result.set_max_mem(kPatternBytes);
  return result;
}

}  // namespace

// Follows the operands of one pattern back to the inputs, constants and columns they come from.
class Regexes::Texts {
 public:
  Texts(const Program& program, const Snapshot& snapshot)
      : program_(program), snapshot_(snapshot), writers_(program.cell_count(), nullptr) {
    for (const Instruction& instruction : program.code) writers_[instruction.a] = &instruction;
  }

  // Each cell and column is looked at once, however many operands it reaches.
  template <class Visit>
  void visit(std::vector<CellId> open, const Visit& each) {
    std::vector<bool> seen_cells(program_.cell_count());
    std::vector<bool> seen_columns(program_.columns.size());
    while (!open.empty()) {
      const CellId cell = open.back();
      open.pop_back();
      if (seen_cells[cell]) continue;
      seen_cells[cell] = true;
      const Instruction* const writer = writers_[cell];
      if (writer == nullptr) {
        each(given(cell));
      } else if (writer->op == Opcode::field) {
        if (seen_columns[writer->d]) continue;
        seen_columns[writer->d] = true;
        for (const Value value : snapshot_.column(writer->d)) each(value);
      } else if (writer->op != Opcode::call) {
        // What a function builds is matched as it comes; what else writes a text hands one on.
        open.push_back(writer->b);
        open.push_back(writer->c);
      }
    }
  }

 private:
  // Of a constant or an input.
  Value given(CellId cell) const {
    const std::size_t constants = program_.constants.size();
    return cell < constants ? program_.constants[cell] : snapshot_.inputs()[cell - constants];
  }

  const Program& program_;
  const Snapshot& snapshot_;
  std::vector<const Instruction*> writers_;
};

Regexes::Regexes(const Program& program) {
  for (const program::StringId id : program.regexes) {
    Pattern pattern;
    pattern.compiled = std::make_unique<RE2>(program.strings[id], options());
    by_text_.try_emplace(id, patterns_.size());
    patterns_.push_back(std::move(pattern));
  }
}
Regexes::~Regexes() = default;

void Regexes::load(const Program& program, const Snapshot& snapshot) {
  if (patterns_.empty()) return;
  std::vector<std::vector<CellId>> operands(patterns_.size());
  for (const Instruction& instruction : program.code) {
    if (instruction.op == Opcode::matches) operands[instruction.d].push_back(instruction.b);
  }
  Texts texts(program, snapshot);
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    Pattern& pattern = patterns_[i];
    if (!pattern.compiled->ok() || operands[i].empty()) continue;
    pattern.answers.assign(snapshot.symbols().size(), 0);
    texts.visit(std::move(operands[i]), [&](Value value) {
      if (value.is_unknown() || pattern.answers[value.as_id()] != 0) return;
      const std::string& text = snapshot.symbols().text(value.as_id());
      pattern.answers[value.as_id()] = RE2::PartialMatch(text, *pattern.compiled) ? kYes : kNo;
    });
  }
}

Value Regexes::matches(std::uint32_t regex, std::uint64_t symbol, std::string_view text) const {
  const Pattern& pattern = patterns_[regex];
  if (!pattern.compiled->ok()) return Value::unknown(program::Fault::bad_argument);
  const std::uint8_t answer = symbol < pattern.answers.size() ? pattern.answers[symbol] : 0;
  if (answer != 0) return Value::boolean(answer == kYes);
  return Value::boolean(RE2::PartialMatch(text, *pattern.compiled));
}

program::Fault Regexes::capture(program::StringId id, std::string_view text, std::size_t group,
                                std::string_view& out) const {
  using program::Fault;
  const auto place = by_text_.find(id);
  if (place == by_text_.end()) return Fault::bad_argument;
  const RE2& pattern = *patterns_[place->second].compiled;
  if (!pattern.ok() || group > static_cast<std::size_t>(pattern.NumberOfCapturingGroups())) {
    return Fault::bad_argument;
  }
  std::vector<re2::StringPiece> groups(group + 1);
  const bool found = pattern.Match(text, 0, text.size(), RE2::UNANCHORED, groups.data(),
                                   static_cast<int>(groups.size()));
  if (!found || groups[group].data() == nullptr) return Fault::no_match;
  out = std::string_view(groups[group].data(), groups[group].size());
  return Fault::none;
}

}  // namespace dpol::vm
