#include "compiler/program_writer.h"

#include <cassert>
#include <utility>

namespace dpol::compiler {

using program::CellClass;
using program::StringId;
using program::Value;

StringId ProgramWriter::string(std::string_view text) {
  const auto known = strings_.find(text);
  if (known != strings_.end()) return known->second;
  const auto id = static_cast<StringId>(program_.strings.size());
  program_.strings.emplace_back(text);
  strings_.emplace(text, id);
  return id;
}

StringId ProgramWriter::string_or_none(std::string_view text) {
  return text.empty() ? kNone : string(text);
}

Cell ProgramWriter::constant(const Type& type, const Constant& value) {
  Value bits;
  switch (program::cell_class(type)) {
    case CellClass::boolean:
      bits = Value::boolean(value.boolean);
      break;
    case CellClass::ordinal:
      bits = Value::id(value.ordinal);
      break;
    case CellClass::symbol:
    case CellClass::semver:
      bits = Value::id(string(value.text));
      break;
    default:
      bits = Value::number(value.number);
      break;
  }
  const auto [at, is_new] = constants_.try_emplace(
      {type, {bits.high, bits.low}}, static_cast<std::uint32_t>(program_.constants.size()));
  if (is_new) {
    program_.constants.push_back(bits);
    program_.constant_types.push_back(type);
  }
  return {Cell::Kind::constant, at->second};
}

Cell ProgramWriter::number(Decimal value, const Type& type) {
  Constant constant_value;
  constant_value.number = value;
  return constant(type, constant_value);
}

Cell ProgramWriter::input(program::Input input) {
  program_.inputs.push_back(std::move(input));
  return {Cell::Kind::input, static_cast<std::uint32_t>(program_.inputs.size() - 1)};
}

Cell ProgramWriter::temporary(CellClass cell_class) {
  program_.temporaries.push_back(cell_class);
  return {Cell::Kind::temporary, static_cast<std::uint32_t>(program_.temporaries.size() - 1)};
}

std::uint32_t ProgramWriter::regex(const std::string& pattern) {
  const auto [at, is_new] =
      regexes_.try_emplace(pattern, static_cast<std::uint32_t>(program_.regexes.size()));
  if (is_new) program_.regexes.push_back(string(pattern));
  return at->second;
}

std::uint32_t ProgramWriter::arguments(std::vector<Cell> cells) {
  const auto first = static_cast<std::uint32_t>(arguments_.size());
  arguments_.insert(arguments_.end(), cells.begin(), cells.end());
  return first;
}

program::SourcePlace ProgramWriter::place(const Place& place) {
  if (place.file == nullptr) return {};
  const lang::LineColumn at = place.file->position(place.span.begin);
  return {string(place.file->name()), at.line, at.column};
}

program::BlockId ProgramWriter::add(BlockDraft block) {
  steps_ += block.steps.size();
  blocks_.push_back(std::move(block));
  return static_cast<program::BlockId>(blocks_.size() - 1);
}

std::size_t ProgramWriter::cell_count() const { return program_.cell_count(); }

program::CellId ProgramWriter::final_cell(Cell cell) const {
  std::size_t index = cell.index;
  if (cell.kind != Cell::Kind::constant) index += program_.constants.size();
  if (cell.kind == Cell::Kind::temporary) index += program_.inputs.size();
  assert(cell.kind != Cell::Kind::none && index < program::kMaxCells);
  return static_cast<program::CellId>(index);
}

std::uint32_t ProgramWriter::final_operand(const Operand& operand) const {
  return operand.cell.kind == Cell::Kind::none ? operand.number : final_cell(operand.cell);
}

program::Program ProgramWriter::finish() {
  for (const Cell& cell : arguments_) {
    const bool plain = cell.kind == Cell::Kind::none;
    program_.arguments.push_back(plain ? static_cast<program::CellId>(cell.index) : final_cell(cell));
  }
  for (BlockDraft& draft : blocks_) {
    program::Block block = std::move(draft.block);
    block.first = static_cast<std::uint32_t>(program_.code.size());
    block.count = static_cast<std::uint32_t>(draft.steps.size());
    block.result = final_cell(draft.result);
    for (const Step& step : draft.steps) {
      program_.code.push_back(
          {step.op, final_cell(step.a), static_cast<std::uint16_t>(final_operand(step.b)),
           static_cast<std::uint16_t>(final_operand(step.c)), final_operand(step.d)});
      program_.places.push_back(step.place);
    }
    for (Trace& trace : draft.traces) {
      trace.point.cell = final_cell(trace.cell);
      block.traces.push_back(trace.point);
    }
    for (Margin& margin : draft.margins) {
      margin.comparison.value = final_cell(margin.value);
      margin.comparison.limit = final_cell(margin.limit);
      block.comparisons.push_back(margin.comparison);
    }
    program_.blocks.push_back(std::move(block));
  }
  blocks_.clear();
  return std::move(program_);
}

}  // namespace dpol::compiler
