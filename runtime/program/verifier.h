// The verifier's working state. Private to runtime/program: verify.cpp proves the tables of types,
// inputs and metrics, verify_code.cpp blocks and instructions, verify_policies.cpp the policies.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/program/opcode_table.h"
#include "runtime/program/program.h"
#include "runtime/program/verify.h"

namespace dpol::program {

class Verifier {
 public:
  explicit Verifier(const Program& program) : program_(program) {}
  std::optional<VerifyFault> run();

 private:
  // What is known of a cell without running anything.
  struct Shape {
    CellClass cell_class = CellClass::number;
    std::uint32_t detail = kNone;  // list and row: the row table; ordinal: the enumeration
    friend bool operator==(const Shape&, const Shape&) = default;
  };
  // What is known of a block that larger ones may run.
  struct BlockFacts {
    std::size_t depth = 1;
    bool has_window = false;       // itself, or a list body it runs
    std::vector<CellId> free_rows;  // rows that whoever runs it must have bound
  };
  // Names the table and index being looked at while it lives: "policy 0, rule 3".
  class In {
   public:
    In(Verifier& verifier, std::string_view table, std::size_t index) : verifier_(verifier) {
      verifier_.where_.emplace_back(table, index);
    }
    ~In() { verifier_.where_.pop_back(); }
    In(const In&) = delete;
    In& operator=(const In&) = delete;

   private:
    Verifier& verifier_;
  };

  // False, and remembered as the fault if it is the first one.
  bool fail(std::string_view what);
  bool expect(bool holds, std::string_view what) { return holds || fail(what); }

  // ---- verify.cpp ----
  bool verify_limits();
  bool verify_strings();
  bool verify_types();
  bool verify_columns();
  bool verify_constants();
  bool verify_constant(const Type& type, Value value);
  bool verify_inputs();
  bool verify_input(const Input& input);
  bool verify_bound(std::uint32_t cell, const Type& type);
  bool verify_labels();
  bool verify_metrics();
  bool verify_metric(const Metric& metric, std::size_t index);
  bool verify_files();
  bool text(StringId id);
  bool text_or_none(StringId id);
  bool place(const SourcePlace& place);
  bool type(const Type& type);
  bool not_negative(Decimal value);

  // ---- verify_code.cpp ----
  bool verify_spans();
  bool verify_code();
  bool verify_block(BlockId id);
  bool verify_instruction(const Instruction& instruction);
  bool verify_operands(const Instruction& instruction);
  bool verify_operand(Operand kind, std::uint32_t value, Shape before);
  bool verify_relations(const Instruction& instruction);
  bool verify_runs(const Instruction& instruction);
  bool verify_arguments(const Instruction& instruction);
  bool verify_argument(char letter, CellId cell);
  bool verify_written(char letter, CellId cell);
  bool verify_table_argument(const Instruction& instruction, std::size_t i);
  std::optional<Shape> plain_column(std::uint32_t table) const;
  std::uint32_t list_of_call(const Instruction& instruction) const;
  bool verify_time_window(std::uint32_t cell);
  bool verify_series(std::uint32_t series);
  bool verify_result(const Instruction& instruction);
  bool write(CellId cell, Shape shape);
  bool readable(std::uint32_t cell);
  bool in_table(std::uint32_t column, std::uint32_t table);
  bool verify_notes(BlockId id);
  bool verify_span(const Block& block, std::uint32_t begin, std::uint32_t length);
  bool verify_runs_of(BlockId id);
  bool merge_run(BlockId id, const Instruction& instruction);
  bool merge_body(BlockFacts& owner, const BlockFacts& body, CellId row);
  Shape shape_of(const Type& type) const;
  std::optional<CellClass> result_class(const Instruction& instruction) const;

  // A block that tables name: it exists, its result is of the class, it needs no row.
  bool closed_block(BlockId id, CellClass result);
  bool condition_or_none(BlockId id);

  // ---- verify_policies.cpp ----
  bool verify_policies();
  bool is_text_input(std::uint32_t input) const;
  bool verify_source(const Source& source);
  bool verify_query(const MetricQuery& query);
  bool verify_role(const Role& role);
  bool verify_waiver(const Policy& policy, const Waiver& waiver);
  bool verify_policy(const Policy& policy);
  bool verify_procedure(const Policy& policy, const Procedure& procedure);
  bool verify_procedure_step(const ProcedureStep& step);
  bool verify_phase(const Phase& phase);
  bool verify_trial(bool trial, const std::optional<Decimal>& until);
  bool verify_part(const ScorePart& part);
  bool verify_anchor(const Anchor& anchor);
  bool verify_rollout(const Rollout& rollout);
  bool verify_stage(const Stage& stage);
  bool verify_rule(const Policy& policy, const Rule& rule);
  bool verify_message(const Policy& policy, const Message& message);
  bool verify_message_texts(const Message& message);
  template <class Part>
  bool verify_scope(const Policy& policy, const Part& part);  // of a rule or a message
  bool verify_rule_texts(const Rule& rule);
  bool verify_clause(const Clause& clause);
  bool verify_override(const Override& override);

  const Program& program_;
  std::optional<VerifyFault> fault_;
  std::vector<std::pair<std::string_view, std::size_t>> where_;

  std::vector<Shape> shapes_;          // of every cell, as far as known
  std::vector<bool> written_;          // temporaries that some instruction writes
  std::vector<BlockId> defined_in_;    // the block that has just written the cell, kNone before
  std::vector<bool> bound_;            // rows that a list opcode binds
  std::vector<BlockFacts> facts_;
  BlockId running_ = kNone;            // the block being looked at
};

}  // namespace dpol::program
