#include "runtime/decision/limits.h"

#include <algorithm>
#include <string_view>

#include "runtime/decision/observe.h"
#include "runtime/decision/value_text.h"
#include "runtime/program/opcode_table.h"

namespace dpol::decision {
namespace {

using program::Block;
using program::BlockId;
using program::Comparison;
using program::Instruction;
using program::Opcode;
using program::TracePoint;
using program::Type;
using program::Value;

std::string relation_of(const Comparison& comparison) {
  switch (comparison.op) {
    case Opcode::less: return comparison.swapped ? ">" : "<";
    case Opcode::less_equal: return comparison.swapped ? ">=" : "<=";
    case Opcode::equal: return "==";
    default: return "!=";
  }
}

// What a difference of such a type is a difference of, where no part says what the limit itself is.
Type limit_type(const Comparison& comparison) {
  return comparison.type.kind == program::Kind::points ? Type::of(program::Kind::ratio) : comparison.type;
}

class Limits {
 public:
  Limits(vm::Machine& machine, const vm::Context& context)
      : machine_(machine), program_(machine.program()), context_(context) {}

  std::vector<Limit> run(BlockId id) {
    whole_ = program_.text(program_.blocks[id].text);
    all_ = program_.blocks[id].reads_metrics;
    visit(id, false);
    return std::move(found_);
  }

 private:
  void visit(BlockId id, bool in_loop) {
    const Block& block = program_.blocks[id];
    if (!in_loop) machine_.run(id, context_);
    {
      const vm::Machine::Kept kept(machine_);
      for (const Comparison& comparison : block.comparisons) add(block, comparison, in_loop);
    }
    for (std::uint32_t i = block.first; i < block.first + block.count; ++i) {
      const Instruction& instruction = program_.code[i];
      if (program::is_window(instruction.op)) visit(instruction.d, in_loop);
      if (program::is_list_loop(instruction.op)) visit(instruction.d, true);
    }
  }

  // In a loop nothing but inputs is the same for all rows.
  void add(const Block& block, const Comparison& comparison, bool in_loop) {
    const bool is_constant = comparison.limit < program_.constants.size();
    const bool is_input = !is_constant && comparison.limit < program_.constants.size() + program_.inputs.size();
    if ((is_constant && !all_) || (in_loop && !is_constant && !is_input)) return;
    const TracePoint* part = part_of(block, comparison);
    Limit limit;
    limit.comparison = cut(comparison.begin, comparison.length);
    limit.relation = relation_of(comparison);
    const Value value = machine_.cell(comparison.limit);
    if (value.is_unknown()) {
      limit.missing.push_back(missing_of(machine_, value, part == nullptr ? limit.comparison : text_of(*part), context_.at));
      limit.measured_then = value.born().kind == program::BirthKind::series;
    } else {
      const Type type = part == nullptr ? limit_type(comparison) : part->type;
      limit.value = value_text(program_, machine_.snapshot(), value, type);
      limit.exact = exact_text(program_, machine_.snapshot(), value, type);
    }
    if (!is_constant && part != nullptr) limit.made_of = made_of(block, *part);
    const auto same = [&](const Limit& other) {
      return other.relation == limit.relation && other.value == limit.value && other.made_of == limit.made_of &&
             other.comparison == limit.comparison;
    };
    if (std::ranges::none_of(found_, same)) found_.push_back(std::move(limit));
  }

  // The part of the comparison's text that the limit is.
  static const TracePoint* part_of(const Block& block, const Comparison& comparison) {
    const auto inside = [&](const TracePoint& trace) {
      return trace.cell == comparison.limit && trace.begin >= comparison.begin &&
             trace.begin + trace.length <= comparison.begin + comparison.length;
    };
    const auto found = std::ranges::find_if(block.traces, inside);
    return found == block.traces.end() ? nullptr : &*found;
  }

  // The limit's text with the value behind each input in it, what is still to be measured left as it
  // is; of an input by itself its name.
  std::string made_of(const Block& block, const TracePoint& limit) const {
    if (limit.leaf) return text_of(limit);
    std::vector<const TracePoint*> leaves;
    for (const TracePoint& trace : block.traces) {
      const bool inside = trace.begin >= limit.begin && trace.begin + trace.length <= limit.begin + limit.length;
      if (trace.leaf && inside && trace.cell >= program_.constants.size()) leaves.push_back(&trace);
    }
    std::ranges::sort(leaves, {}, &TracePoint::begin);
    std::string out;
    std::uint32_t at = limit.begin;
    for (const TracePoint* leaf : leaves) {
      if (leaf->begin < at) continue;  // a part of one that was said
      out += cut(at, leaf->begin + leaf->length - at) + word(*leaf);
      at = leaf->begin + leaf->length;
    }
    return out + cut(at, limit.begin + limit.length - at);
  }

  std::string word(const TracePoint& leaf) const {
    const Value value = machine_.cell(leaf.cell);
    if (value.is_unknown()) return value.born().kind == program::BirthKind::series ? "" : " unknown";
    if (leaf.type.kind == program::Kind::string) return " " + quoted_text(machine_.text(value));
    return " " + value_text(program_, machine_.snapshot(), value, leaf.type);
  }

  std::string text_of(const TracePoint& trace) const { return cut(trace.begin, trace.length); }
  std::string cut(std::uint32_t begin, std::uint32_t length) const {
    return begin > whole_.size() ? std::string() : std::string(whole_.substr(begin, length));
  }

  vm::Machine& machine_;
  const program::Program& program_;
  const vm::Context& context_;
  std::string_view whole_;
  bool all_ = false;
  std::vector<Limit> found_;
};

}  // namespace

std::vector<Limit> limits(vm::Machine& machine, BlockId block, const vm::Context& context) {
  return Limits(machine, context).run(block);
}

}  // namespace dpol::decision
