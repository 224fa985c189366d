#include "compiler/lower.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "compiler/policies.h"
#include "compiler/program_writer.h"
#include "runtime/program/digest.h"
#include "runtime/program/opcode_table.h"
#include "runtime/program/verify.h"

namespace dpol::compiler {

using Code = lang::DiagnosticCode;
using program::BlockId;
using program::CellClass;
using program::Opcode;
using program::Track;

namespace {

std::uint32_t series_of(const Expr& expr) {
  return expr.index * program::kTrackCount + static_cast<std::uint32_t>(expr.track);
}

bool is_input_leaf(ExprOp op) {
  switch (op) {
    case ExprOp::fact:
    case ExprOp::parameter:
    case ExprOp::now:
    case ExprOp::deployed_at:
    case ExprOp::sample:
    case ExprOp::baseline:
    case ExprOp::aggregate:
    case ExprOp::worse_share:
    case ExprOp::worse_amount:
    case ExprOp::differs_share:
    case ExprOp::differs_amount:
    case ExprOp::all_series:
    case ExprOp::field:
      return true;
    default:
      return false;
  }
}

// A function that was written out: what it did is in no text, so its answer stands for it.
bool is_written_out(const Expr& expr) {
  return !expr.args.empty() &&
         std::ranges::none_of(expr.args, [](const ExprPtr& arg) { return arg->text_length > 0; });
}

bool is_traced(const Expr& expr) {
  if (expr.text_length == 0 || expr.op == ExprOp::constant || expr.op == ExprOp::element ||
      expr.op == ExprOp::find || expr.op == ExprOp::nth) {
    return false;
  }
  if (expr.type.kind == Kind::record) return false;
  if (is_input_leaf(expr.op)) return true;
  if (expr.closed && is_written_out(expr)) return false;
  return expr.type.kind != Kind::boolean || (is_written_out(expr) && !expr.closed);
}

// How much a side of a comparison is what is measured rather than what it is measured by.
int measured(const Expr& expr) {
  int most = 0;
  switch (expr.op) {
    case ExprOp::sample:
    case ExprOp::aggregate:
    case ExprOp::worse_share:
    case ExprOp::worse_amount:
    case ExprOp::differs_share:
    case ExprOp::differs_amount:
    case ExprOp::all_series:
      most = expr.track == Track::candidate ? 3 : 1;
      break;
    case ExprOp::fact:
    case ExprOp::field:
    case ExprOp::now:
      most = 2;
      break;
    case ExprOp::baseline:
    case ExprOp::parameter:
      most = 1;
      break;
    default:
      break;
  }
  for (const ExprPtr& arg : expr.args) most = std::max(most, measured(*arg));
  return most;
}

Opcode number_comparison(ExprOp op) {
  switch (op) {
    case ExprOp::less:
      return Opcode::less;
    case ExprOp::less_equal:
      return Opcode::less_equal;
    case ExprOp::greater:
      return Opcode::greater;
    case ExprOp::greater_equal:
      return Opcode::greater_equal;
    case ExprOp::equal:
      return Opcode::equal;
    default:
      return Opcode::not_equal;
  }
}
Opcode semver_comparison(ExprOp op) {
  switch (op) {
    case ExprOp::less:
      return Opcode::semver_less;
    case ExprOp::less_equal:
      return Opcode::semver_less_equal;
    case ExprOp::greater:
      return Opcode::semver_greater;
    case ExprOp::greater_equal:
      return Opcode::semver_greater_equal;
    default:
      return Opcode::semver_equal;
  }
}
// Margins know < and <= only, and say which side is which.
bool is_reversed(ExprOp op) { return op == ExprOp::greater || op == ExprOp::greater_equal; }
Opcode margin_comparison(ExprOp op) {
  if (op == ExprOp::greater) return Opcode::less;
  if (op == ExprOp::greater_equal) return Opcode::less_equal;
  return number_comparison(op);
}

struct Overflow {};  // a limit was passed; caught in lower()

class Lowering {
 public:
  Lowering(const Checked& checked, const std::vector<const lang::SourceFile*>& files, bool optimise,
           Sink& sink)
      : checked_(checked), files_(files), optimise_(optimise), sink_(sink) {}

  program::Program run() {
    write_types();
    write_facts();
    write_metrics();
    write_sources();
    write_roles();
    for (const CheckedPolicy& policy : checked_.policies) write_policy(policy);
    write_files();
    check_limits({});
    return writer_.finish();
  }

 private:
  // One block while it is written.
  struct Draft {
    BlockDraft out;
    std::map<std::tuple<Opcode, Operand, Operand, Operand, std::vector<Cell>>, Cell> values;
    std::map<const Expr*, Cell> seen;
    std::set<std::pair<std::uint32_t, std::uint32_t>> traced;
    std::size_t depth = 0;
    bool notes = true;  // false inside what a rule needs
  };

  [[noreturn]] void fail(const Place& place, const std::string& what) {
    const Place at =
        place.file != nullptr ? place : Place{files_.front(), {}};
    sink_.report(Code::E0523, at, what);
    throw Overflow();
  }
  void check_limits(const Place& place) {
    if (writer_.cell_count() > program::kMaxCells)
      fail(place, "more values than a program can hold");
    if (writer_.step_count() > program::kMaxInstructions)
      fail(place, "more instructions than a program can hold");
    if (writer_.pattern_count() > program::kMaxPatterns)
      fail(place, "more than " + std::to_string(program::kMaxPatterns) + " regular expressions");
  }

  // ---- tables ----
  void write_types();
  void write_facts();
  void write_metrics();
  void write_sources();
  program::MetricQuery lowered(const CheckedQuery& query);
  void write_roles();
  void write_needs(std::uint32_t metric, std::size_t depth);
  void write_files();

  // ---- conditions ----
  BlockId block_of(const Condition& condition);
  BlockId block_or_none(const Condition& condition) {
    return condition ? block_of(condition) : kNone;
  }
  BlockId inner_block(const ExprPtr& body, const Draft& outer, bool negated, bool across_stages);
  BlockId close(Draft draft, const Expr& root, Cell result);
  Cell lower(Draft& draft, const ExprPtr& expr, bool negated);
  Cell lower_new(Draft& draft, const Expr& expr, bool negated);
  Cell emit(Draft& draft, const Expr& expr, Opcode op, Operand b, Operand c = {}, Operand d = {},
            std::vector<Cell> arguments = {});
  Cell comparison(Draft& draft, const Expr& expr, bool negated);
  std::vector<Cell> call_arguments(Draft& draft, const Expr& expr, bool negated);
  Cell loop(Draft& draft, const Expr& expr, bool negated);
  Cell window(Draft& draft, const Expr& expr, bool negated);
  Cell score(Draft& draft, const Expr& expr, bool negated);
  Cell points(Draft& draft, const Expr& expr, const std::vector<Cell>& parts, Operand assumed);
  void run_needs(Draft& draft, std::uint32_t metric);
  Cell ranking(Draft& draft, const Expr& expr, Opcode op, Cell effect);
  Cell baseline(const Expr& expr);
  Cell moment(program::InputKind kind, const char* name);
  void trace(Draft& draft, const Expr& expr, Cell cell);
  std::uint32_t column(const Expr& expr, std::uint32_t index) const {
    return first_column_[expr.collection] + index;
  }
  CellClass result_class(const Expr& expr) const { return program::cell_class(expr.type); }

  // ---- policies ----
  void write_policy(const CheckedPolicy& policy);
  void write_params(const CheckedPolicy& policy, program::Policy& out);
  program::Anchor anchor(const CheckedAnchor& anchor);
  program::Phase phase(const CheckedPhase& phase);
  program::Rollout rollout(const CheckedRollout& rollout);
  program::Rule rule(const CheckedPolicy& policy, const CheckedRule& rule);
  program::Clause clause(const CheckedClause& clause);
  program::Waiver waiver(const CheckedWaiver& waiver);
  program::Procedure procedure(const CheckedPolicy& policy, const CheckedProcedure& procedure);
  program::ProcedureStep procedure_step(const CheckedProcedureStep& step);
  program::Message message(const CheckedPolicy& policy, const CheckedMessage& message);
  std::uint32_t role_index(const std::string& name) const;

  const Checked& checked_;
  const std::vector<const lang::SourceFile*>& files_;
  bool optimise_;
  Sink& sink_;
  ProgramWriter writer_;
  std::vector<std::uint32_t> first_column_;
  std::vector<Cell> facts_;
  std::map<std::uint32_t, Cell> params_;  // of the policy being written
  std::string policy_baseline_;           // likewise: the name of its baselines
  std::map<std::pair<std::uint32_t, std::string>, Cell> baselines_;  // by metric and name
  std::map<program::InputKind, Cell> moments_;
  std::map<std::uint32_t, Cell> rows_;  // of the loops around
  std::vector<std::size_t> depths_;     // of blocks
  program::StringId text_ = kNone;      // of the condition being written
};

// ------------------------------------------------------------------------------------ tables

void Lowering::write_types() {
  program::Program& out = writer_.tables();
  for (const std::string& unit : checked_.types.units)
    out.unit_names.push_back(writer_.string(unit));
  for (const EnumInfo& info : checked_.types.enums) {
    program::Enumeration enumeration;
    enumeration.name = writer_.string(info.name);
    enumeration.ordered = info.ordered;
    for (const std::string& member : info.members)
      enumeration.members.push_back(writer_.string(member));
    out.enumerations.push_back(std::move(enumeration));
  }
  for (const CollectionInfo& info : checked_.types.collections) {
    program::RowTable table;
    table.keyed = info.keyed;
    table.first_column = static_cast<std::uint32_t>(out.columns.size());
    table.column_count = static_cast<std::uint32_t>(info.columns.size());
    if (info.element.kind == Kind::record) {
      table.name = writer_.string_or_none(checked_.types.records[info.element.index].name);
    }
    first_column_.push_back(table.first_column);
    for (const ColumnInfo& column : info.columns) {
      out.columns.push_back({writer_.string(column.name), column.type, column.optional});
    }
    out.row_tables.push_back(table);
  }
}

void Lowering::write_facts() {
  for (const FactInfo& fact : checked_.facts) {
    program::Input input;
    input.kind = program::InputKind::fact;
    input.name = writer_.string(fact.path);
    input.type = fact.type;
    input.optional = fact.optional;
    input.place = writer_.place(fact.place);
    facts_.push_back(writer_.input(std::move(input)));
  }
}

void Lowering::write_metrics() {
  for (const std::vector<std::string>& labels : checked_.label_sets) {
    program::LabelSet set;
    for (const std::string& label : labels) set.labels.push_back(writer_.string(label));
    writer_.tables().label_sets.push_back(std::move(set));
  }
  for (const MetricInfo& info : checked_.metrics) {
    program::Metric metric;
    metric.name = writer_.string(info.name);
    metric.doc = writer_.string_or_none(info.title.empty() ? info.doc : info.title);
    metric.type = info.type;
    metric.better = info.better;
    metric.interval_seconds = info.interval_seconds;
    metric.stale_seconds = info.stale_seconds;
    metric.minimum = info.minimum.value_or(Decimal());
    metric.maximum = info.maximum.value_or(Decimal::from_int64(1));
    metric.baseline = info.baseline;
    metric.place = writer_.place(info.place);
    metric.label_set = info.label_set;
    metric.gone_seconds = info.gone_seconds;
    writer_.tables().metrics.push_back(std::move(metric));
  }
  for (std::uint32_t i = 0; i < checked_.metrics.size(); ++i) write_needs(i, 0);
}

program::MetricQuery Lowering::lowered(const CheckedQuery& query) {
  program::MetricQuery out{query.metric, query.track,  {}, writer_.string_or_none(query.unit),
                           query.of_all, writer_.place(query.place)};
  for (const CheckedQueryPart& part : query.text) {
    out.text.push_back({part.hole, writer_.string(part.text),
                        part.fact == kNone ? kNone : facts_[part.fact].index, part.quote});
  }
  return out;
}

void Lowering::write_sources() {
  for (const SourceInfo& info : checked_.sources) {
    program::Source source;
    source.name = writer_.string(info.name);
    source.format = writer_.string(info.format);
    for (const std::string& file : info.files) source.files.push_back(writer_.string(file));
    for (const SourceFieldInfo& field : info.fields) {
      source.fields.push_back({writer_.string(field.fact), writer_.string(field.at),
                               writer_.string_or_none(field.unit)});
    }
    for (const SourceOptionInfo& option : info.options)
      source.options.push_back({writer_.string(option.name), option.is_file, writer_.string(option.value)});
    for (const CheckedQuery& query : info.queries) source.queries.push_back(lowered(query));
    source.address_in_environment = info.address_in_environment;
    source.place = writer_.place(info.place);
    writer_.tables().sources.push_back(std::move(source));
  }
}

void Lowering::write_roles() {
  for (const RoleInfo& info : checked_.roles) {
    program::Role role;
    role.name = writer_.string(info.name);
    role.title = writer_.string_or_none(info.title);
    role.has_members = info.has_members;
    for (const std::string& member : info.members) role.members.push_back(writer_.string(member));
    if (info.fact != kNone) role.fact = facts_[info.fact].index;
    role.place = writer_.place(info.place);
    writer_.tables().roles.push_back(std::move(role));
  }
}

std::uint32_t Lowering::role_index(const std::string& name) const {
  const auto found = std::ranges::find(checked_.roles, name, &RoleInfo::name);
  return found == checked_.roles.end()
             ? kNone
             : static_cast<std::uint32_t>(found - checked_.roles.begin());
}

// What a metric needs runs whenever the metric is read, so it is a smaller block than its readers.
void Lowering::write_needs(std::uint32_t metric, std::size_t depth) {
  const Condition& needs = checked_.metrics[metric].needs;
  program::Metric& out = writer_.tables().metrics[metric];
  if (!needs || out.needs != kNone) return;
  if (depth > program::kMaxBlockDepth) fail(needs.place, "metrics need each other too deeply");
  std::set<std::uint32_t> read;
  const auto visit = [&read](const auto& self, const Expr& expr) -> void {
    if (is_measured(expr.op)) read.insert(expr.index);
    for (const ExprPtr& arg : expr.args) self(self, *arg);
  };
  visit(visit, *needs.expr);
  for (const std::uint32_t other : read) write_needs(other, depth + 1);
  const BlockId block = block_of(needs);
  writer_.tables().metrics[metric].needs = block;
}

void Lowering::write_files() {
  program::Sha256 all;
  for (const lang::SourceFile* file : files_) {
    const lang::SourceFile& source = *file;
    // Lengths keep apart what would run together.
    const std::string head =
        std::to_string(source.name().size()) + " " + std::to_string(source.text().size()) + "\n";
    all.update(head);
    all.update(source.name());
    all.update(source.text());
    writer_.tables().files.push_back(
        {writer_.string(source.name()), program::sha256_hex(source.text())});
  }
  writer_.tables().digest = all.finish_hex();
}

// ------------------------------------------------------------------------------------ blocks

BlockId Lowering::block_of(const Condition& condition) {
  text_ = writer_.string(condition.text);
  Draft draft;
  const Cell result = lower(draft, condition.expr, false);
  draft.out.block.place = writer_.place(condition.place);
  check_limits(condition.place);
  return close(std::move(draft), *condition.expr, result);
}

BlockId Lowering::inner_block(const ExprPtr& body, const Draft& outer, bool negated,
                              bool across_stages) {
  Draft draft;
  draft.notes = outer.notes;
  const Cell result = lower(draft, body, negated);
  draft.out.block.place = writer_.place(body->place);
  draft.out.block.across_stages = across_stages;
  return close(std::move(draft), *body, result);
}

BlockId Lowering::close(Draft draft, const Expr& root, Cell result) {
  if (draft.depth > program::kMaxBlockDepth)
    fail(root.place, "loops, windows and needs are nested too deeply");
  draft.out.result = result;
  draft.out.block.base_metric = first_metric(root);
  draft.out.block.reads_metrics = reads_metrics(root);
  draft.out.block.text = text_;
  depths_.push_back(draft.depth);
  return writer_.add(std::move(draft.out));
}

Cell Lowering::emit(Draft& draft, const Expr& expr, Opcode op, Operand b, Operand c, Operand d,
                    std::vector<Cell> arguments) {
  const bool loops = is_loop(expr.op);
  auto key = std::make_tuple(op, b, c, d, arguments);
  if (optimise_ && !loops) {
    if (const auto known = draft.values.find(key); known != draft.values.end())
      return known->second;
  }
  const bool boolean = is_window(expr.op) || expr.type.kind == Kind::boolean;
  Step step;
  step.op = op;
  step.b = b;
  step.c = c;
  step.d = op == Opcode::call ? Operand(writer_.arguments(std::move(arguments))) : d;
  step.place = writer_.place(expr.place);
  step.a = writer_.temporary(boolean ? CellClass::boolean : result_class(expr));
  draft.out.steps.push_back(step);
  draft.values.emplace(std::move(key), step.a);
  check_limits(expr.place);
  return step.a;
}

Cell Lowering::lower(Draft& draft, const ExprPtr& expr, bool negated) {
  if (optimise_) {
    if (const auto seen = draft.seen.find(expr.get()); seen != draft.seen.end())
      return seen->second;
  }
  // What is folded has no parts: whether it is or not, reports show the whole alone.
  const bool notes = std::exchange(draft.notes, draft.notes && !expr->closed);
  const bool folds = optimise_ && expr->closed && expr->known;
  const Cell cell =
      folds ? writer_.constant(expr->type, *expr->known) : lower_new(draft, *expr, negated);
  draft.notes = notes;
  if (draft.notes) trace(draft, *expr, cell);
  draft.seen.emplace(expr.get(), cell);
  return cell;
}

void Lowering::trace(Draft& draft, const Expr& expr, Cell cell) {
  if (!is_traced(expr) || !draft.traced.emplace(expr.text_begin, expr.text_length).second) return;
  program::TracePoint point;
  point.begin = expr.text_begin;
  point.length = expr.text_length;
  point.type = expr.type;
  point.leaf = is_input_leaf(expr.op) || is_written_out(expr);
  draft.out.traces.push_back({cell, point});
}

// What the metric needs runs whenever it is read.
void Lowering::run_needs(Draft& draft, std::uint32_t metric) {
  const BlockId needs = writer_.tables().metrics[metric].needs;
  if (needs != kNone) draft.depth = std::max(draft.depth, depths_[needs] + 1);
}

Cell Lowering::ranking(Draft& draft, const Expr& expr, Opcode op, Cell effect) {
  run_needs(draft, expr.index);
  return emit(draft, expr, op, writer_.number(expr.seconds, Type::duration()), effect,
              series_of(expr));
}

Cell Lowering::baseline(const Expr& expr) {
  const MetricInfo& metric = checked_.metrics[expr.index];
  const std::string& own = policy_baseline_.empty() ? metric.baseline_name : policy_baseline_;
  const auto [known, is_new] = baselines_.try_emplace({expr.index, own});
  if (!is_new) return known->second;
  program::Input input;
  input.kind = program::InputKind::baseline;
  input.name = writer_.string(metric.name + ".baseline");
  input.type = metric.type;
  input.metric = expr.index;
  input.baseline = writer_.string_or_none(own);
  input.place = writer_.place(metric.place);
  const Cell cell = writer_.input(std::move(input));
  writer_.tables().metrics[expr.index].baseline_input = cell.index;
  known->second = cell;
  return cell;
}

Cell Lowering::moment(program::InputKind kind, const char* name) {
  const auto known = moments_.find(kind);
  if (known != moments_.end()) return known->second;
  program::Input input;
  input.kind = kind;
  input.name = writer_.string(name);
  input.type = Type::of(Kind::time);
  const Cell cell = writer_.input(std::move(input));
  moments_.emplace(kind, cell);
  return cell;
}

Cell Lowering::lower_new(Draft& draft, const Expr& expr, bool negated) {
  const auto arg = [&](std::size_t i) { return lower(draft, expr.args[i], negated); };
  const auto binary = [&](Opcode op) {
    const Cell left = arg(0);
    const Cell right = arg(1);
    return emit(draft, expr, op, left, right);
  };
  switch (expr.op) {
    case ExprOp::constant:
      return writer_.constant(expr.type, expr.constant);
    case ExprOp::fact:
      return facts_[expr.index];
    case ExprOp::parameter:
      return params_.at(expr.index);
    case ExprOp::now:
      return moment(program::InputKind::now, "now");
    case ExprOp::deployed_at:
      return moment(program::InputKind::deployed_at, "deployed_at");
    case ExprOp::sample:
    case ExprOp::all_series:
    case ExprOp::aggregate: {
      run_needs(draft, expr.index);
      if (expr.op == ExprOp::sample)
        return emit(draft, expr, Opcode::sample, {}, {}, series_of(expr));
      if (expr.op == ExprOp::all_series)
        return emit(draft, expr, Opcode::all_series, {}, std::uint32_t{expr.collection},
                    series_of(expr));
      return emit(draft, expr, Opcode::aggregate, writer_.number(expr.seconds, Type::duration()),
                  static_cast<std::uint32_t>(expr.aggregate), series_of(expr));
    }
    case ExprOp::worse_share:
      return ranking(draft, expr, Opcode::worse_share, arg(0));
    case ExprOp::worse_amount:
      return ranking(draft, expr, Opcode::worse_amount, arg(0));
    case ExprOp::differs_share:
      return ranking(draft, expr, Opcode::differs_share, arg(0));
    case ExprOp::differs_amount:
      return ranking(draft, expr, Opcode::differs_amount, arg(0));
    case ExprOp::baseline:
      if (checked_.metrics[expr.index].label_set != kNone)
        return emit(draft, expr, Opcode::baseline, {}, {}, expr.index * program::kTrackCount);
      return baseline(expr);
    case ExprOp::element:
      return rows_.at(expr.index);
    case ExprOp::field:
      return emit(draft, expr, Opcode::field, arg(0), {}, column(expr, expr.index));
    case ExprOp::find:
    case ExprOp::nth: {
      const Cell rows = arg(0);
      const Cell key = arg(1);
      Expr row = expr;
      row.type.kind = Kind::record;  // the cell holds a row, whatever the element is
      if (expr.op == ExprOp::nth) return emit(draft, row, Opcode::nth, rows, key);
      return emit(draft, row, Opcode::find, rows, key, column(expr, 0));
    }
    case ExprOp::add:
      return binary(Opcode::add);
    case ExprOp::subtract:
      return binary(Opcode::subtract);
    case ExprOp::multiply:
      return binary(Opcode::multiply);
    case ExprOp::divide:
      return binary(Opcode::divide);
    case ExprOp::relative:
      return binary(Opcode::relative);
    case ExprOp::negate:
      return emit(draft, expr, Opcode::negate, arg(0));
    case ExprOp::less:
    case ExprOp::less_equal:
    case ExprOp::greater:
    case ExprOp::greater_equal:
    case ExprOp::equal:
    case ExprOp::not_equal:
      return comparison(draft, expr, negated);
    case ExprOp::both:
      return binary(Opcode::both);
    case ExprOp::either:
      return binary(Opcode::either);
    case ExprOp::negation:
      return emit(draft, expr, Opcode::negation, lower(draft, expr.args[0], !negated));
    case ExprOp::choose: {
      const Cell condition = arg(0);
      const Cell yes = arg(1);
      const Cell no = arg(2);
      return emit(draft, expr, Opcode::choose, yes, no, condition);
    }
    case ExprOp::present:
      return emit(draft, expr, Opcode::present, arg(0));
    case ExprOp::otherwise:
      return binary(Opcode::otherwise);
    case ExprOp::given: {
      const Cell condition = arg(0);
      const bool notes = std::exchange(draft.notes, false);
      const Cell needs = arg(1);
      draft.notes = notes;
      return emit(draft, expr, Opcode::given, condition, needs);
    }
    case ExprOp::contains_text:
      return binary(Opcode::contains_text);
    case ExprOp::matches:
      return emit(draft, expr, Opcode::matches, arg(0), {}, writer_.regex(expr.pattern));
    case ExprOp::length:
      return emit(draft, expr, Opcode::length, arg(0));
    case ExprOp::has: {
      const Cell list = arg(0);
      const Cell value = arg(1);
      return emit(draft, expr, Opcode::has, list, value, column(expr, 0));
    }
    case ExprOp::every:
    case ExprOp::every_of_some:
    case ExprOp::any:
    case ExprOp::count:
    case ExprOp::sum:
    case ExprOp::minimum:
    case ExprOp::maximum:
    case ExprOp::mean:
      return loop(draft, expr, negated);
    case ExprOp::picked:
      return binary(Opcode::picked);
    case ExprOp::for_time:
    case ExprOp::for_samples:
    case ExprOp::of_samples:
    case ExprOp::in_samples:
      return window(draft, expr, negated);
    case ExprOp::score:
      return score(draft, expr, negated);
    case ExprOp::call: {
      std::vector<Cell> arguments = call_arguments(draft, expr, negated);
      return emit(draft, expr, Opcode::call, {}, static_cast<std::uint32_t>(expr.function), {},
                  std::move(arguments));
    }
  }
  return {};
}

// With those that the author does not write.
std::vector<Cell> Lowering::call_arguments(Draft& draft, const Expr& expr, bool negated) {
  const auto& row = program::kFunctionRows[static_cast<std::size_t>(expr.function)];
  std::vector<Cell> cells;
  std::size_t next = 0;
  for (const char letter : row.arguments) {
    const Type& first = expr.args[0]->type;
    if (letter == 'K') {
      cells.push_back({Cell::Kind::none, first.index});
    } else if (letter == 'T') {
      cells.push_back({Cell::Kind::none, expr.collection});
    } else if (letter == 'x') {
      Constant any;
      if (first.kind == Kind::semver) any.text = "0.0.0";
      cells.push_back(writer_.constant(first, any));
    } else {
      if (letter == 'r') writer_.regex(expr.args[next]->constant.text);
      cells.push_back(lower(draft, expr.args[next++], negated));
    }
  }
  return cells;
}

Cell Lowering::comparison(Draft& draft, const Expr& expr, bool negated) {
  const Cell left = lower(draft, expr.args[0], negated);
  const Cell right = lower(draft, expr.args[1], negated);
  if (expr.args[0]->type.kind == Kind::semver) {
    const bool differs = expr.op == ExprOp::not_equal;
    const Cell result =
        emit(draft, expr, differs ? Opcode::semver_equal : semver_comparison(expr.op), left, right);
    return differs ? emit(draft, expr, Opcode::negation, result) : result;
  }
  if (draft.notes && expr.args[0]->type.is_numeric()) {
    const bool left_is_limit = measured(*expr.args[0]) < measured(*expr.args[1]);
    Margin margin;
    margin.value = left_is_limit ? right : left;
    margin.limit = left_is_limit ? left : right;
    margin.comparison.op = margin_comparison(expr.op);
    margin.comparison.swapped = left_is_limit != is_reversed(expr.op);
    margin.comparison.negated = negated;
    margin.comparison.type = expr.args[0]->type.difference();
    margin.comparison.begin = expr.text_begin;
    margin.comparison.length = expr.text_length;
    draft.out.margins.push_back(margin);
  }
  return emit(draft, expr, number_comparison(expr.op), left, right);
}

Cell Lowering::loop(Draft& draft, const Expr& expr, bool negated) {
  const Cell list = lower(draft, expr.args[0], negated);
  const Cell row = writer_.temporary(CellClass::row);
  rows_[expr.index] = row;
  const BlockId body = inner_block(expr.args[1], draft, negated, false);
  draft.depth = std::max(draft.depth, depths_[body] + 1);
  Opcode op = Opcode::every;
  switch (expr.op) {
    case ExprOp::every_of_some:
      op = Opcode::every_of_some;
      break;
    case ExprOp::any:
      op = Opcode::any;
      break;
    case ExprOp::count:
      op = Opcode::count;
      break;
    case ExprOp::sum:
      op = Opcode::sum;
      break;
    case ExprOp::minimum:
      op = Opcode::minimum;
      break;
    case ExprOp::maximum:
      op = Opcode::maximum;
      break;
    case ExprOp::mean:
      op = Opcode::mean;
      break;
    default:
      break;
  }
  return emit(draft, expr, op, list, row, body);
}

Cell Lowering::window(Draft& draft, const Expr& expr, bool negated) {
  const BlockId body = inner_block(expr.args[0], draft, negated, expr.across_stages);
  draft.depth = std::max(draft.depth, depths_[body] + 1);
  draft.out.block.windows.push_back(body);
  switch (expr.op) {
    case ExprOp::for_time:
      return emit(draft, expr, Opcode::for_time, writer_.number(expr.seconds, Type::duration()), {},
                  body);
    case ExprOp::for_samples:
      return emit(draft, expr, Opcode::for_samples, expr.samples, {}, body);
    case ExprOp::of_samples:
      return emit(draft, expr, Opcode::of_samples, expr.hits, expr.samples, body);
    default:
      return emit(draft, expr, Opcode::in_samples, expr.samples, {}, body);
  }
}

// The share of the points that the parts bring. `assumed`: what stands for a truth that is unknown;
// without it the share is unknown, too.
Cell Lowering::points(Draft& draft, const Expr& expr, const std::vector<Cell>& parts,
                      Operand assumed) {
  Expr truth;
  truth.type = Type::of(Kind::boolean);
  truth.place = expr.place;
  Expr number = truth;
  number.type = Type::of(Kind::number);
  const auto taken = [&](Cell part) {
    const bool always_known = assumed == Operand() || part.kind == Cell::Kind::constant;
    return always_known ? part : emit(draft, truth, Opcode::assumed, part, assumed);
  };
  const Cell nothing = writer_.number(Decimal(), number.type);
  Cell sum = nothing;
  Decimal total;
  // One step after the other: in which order a call's arguments are computed is the compiler's
  // choice.
  for (std::size_t i = 0; i < expr.weights.size(); ++i) {
    Decimal half;
    Decimal::div(expr.weights[i], Decimal::from_int64(2), half);
    const Expr& half_condition = *expr.args[2 * i + 2];
    Cell rest = nothing;
    if (!half_condition.known || half_condition.known->boolean) {
      const Cell holds = taken(parts[2 * i + 1]);
      const Cell worth = writer_.number(half, number.type);
      rest = emit(draft, number, Opcode::choose, worth, nothing, holds);
    }
    const Cell holds = taken(parts[2 * i]);
    const Cell worth = writer_.number(expr.weights[i], number.type);
    const Cell own = emit(draft, number, Opcode::choose, worth, rest, holds);
    sum = i == 0 ? own : emit(draft, number, Opcode::add, sum, own);
    Decimal::add(total, expr.weights[i], total);
  }
  // One quotient, so that all of the points are exactly 100 %.
  number.type = Type::of(Kind::ratio);
  return emit(draft, number, Opcode::divide, sum, writer_.number(total, Type::of(Kind::number)));
}

// With the least and the most that unknown parts may bring, it holds where it holds for both; where
// it does for one of them, the unknown part that comes first is to blame.
Cell Lowering::score(Draft& draft, const Expr& expr, bool negated) {
  const bool notes = std::exchange(draft.notes, false);
  std::vector<Cell> parts;
  for (std::size_t i = 1; i < expr.args.size(); ++i)
    parts.push_back(lower(draft, expr.args[i], negated));
  draft.notes = notes;
  const Cell limit = lower(draft, expr.args[0], negated);
  const Cell exact = points(draft, expr, parts, {});
  Constant known;
  const Cell least = points(draft, expr, parts, writer_.constant(expr.type, known));
  known.boolean = true;
  const Cell most = points(draft, expr, parts, writer_.constant(expr.type, known));
  if (draft.notes) {
    program::TracePoint point;
    point.begin = expr.left_begin;
    point.length = expr.left_length;
    point.type = Type::of(Kind::ratio);
    point.leaf = true;
    draft.out.traces.push_back({exact, point});
    Margin margin;
    margin.value = exact;
    margin.limit = limit;
    margin.comparison.op = margin_comparison(expr.comparison);
    margin.comparison.swapped = is_reversed(expr.comparison);
    margin.comparison.negated = negated;
    margin.comparison.type = point.type.difference();
    margin.comparison.begin = expr.text_begin;
    margin.comparison.length = expr.text_length;
    draft.out.margins.push_back(margin);
  }
  const Opcode op = number_comparison(expr.comparison);
  const Cell worst = is_reversed(expr.comparison) ? least : most;
  const Cell best = is_reversed(expr.comparison) ? most : least;
  const Cell always = emit(draft, expr, op, worst, limit);
  const Cell perhaps = emit(draft, expr, op, best, limit);
  const Cell now = emit(draft, expr, op, exact, limit);
  const Cell maybe = emit(draft, expr, Opcode::both, perhaps, now);
  return emit(draft, expr, Opcode::either, always, maybe);
}

// ------------------------------------------------------------------------------------ policies

void Lowering::write_params(const CheckedPolicy& policy, program::Policy& out) {
  params_.clear();
  for (const PolicyParam& own : policy.params) {
    const ParamInfo& info = checked_.params[own.param];
    program::Input input;
    input.kind = program::InputKind::parameter;
    input.name = writer_.string(policy.id + "." + info.name);
    input.type = info.type;
    const auto cell = [&](const std::optional<Constant>& value) {
      return value ? ProgramWriter::final_constant(writer_.constant(info.type, *value)) : kNone;
    };
    input.fallback = cell(own.value);
    input.minimum = cell(info.minimum);
    input.maximum = cell(info.maximum);
    input.place = writer_.place(own.place);
    const Cell made = writer_.input(std::move(input));
    params_.emplace(own.param, made);
    out.parameters.push_back(made.index);
  }
}

program::Anchor Lowering::anchor(const CheckedAnchor& anchor) {
  program::Anchor out;
  out.from_deployment = anchor.from_deployment;
  out.offset_seconds = anchor.offset_seconds;
  out.block = block_or_none(anchor.time);
  out.text = writer_.string(anchor.text);
  return out;
}

program::Phase Lowering::phase(const CheckedPhase& phase) {
  program::Phase out;
  out.name = writer_.string(phase.name);
  out.title = writer_.string_or_none(phase.title);
  out.kind = phase.kind;
  out.opens = anchor(phase.opens);
  if (phase.closes) out.closes = anchor(*phase.closes);
  out.only_if = block_or_none(phase.only_if);
  out.after_rollback = phase.after_rollback;
  out.place = writer_.place(phase.place);
  return out;
}

program::Rollout Lowering::rollout(const CheckedRollout& rollout) {
  program::Rollout out;
  out.name = writer_.string(rollout.name);
  out.title = writer_.string_or_none(rollout.title);
  out.place = writer_.place(rollout.place);
  for (const CheckedStage& stage : rollout.stages) {
    program::Stage written;
    written.name = writer_.string(stage.name);
    written.share = stage.share;
    written.bake_seconds = stage.bake_seconds;
    written.at_most_seconds = stage.at_most_seconds;
    written.at_most_outcome = stage.at_most_outcome;
    written.settle_seconds = stage.settle_seconds;
    written.only_if = block_or_none(stage.only_if);
    written.place = writer_.place(stage.place);
    written.title = writer_.string_or_none(stage.title);
    written.run = writer_.string_or_none(stage.run);
    out.stages.push_back(std::move(written));
  }
  return out;
}

program::Clause Lowering::clause(const CheckedClause& clause) {
  program::Clause out;
  out.verb = clause.verb;
  out.condition = block_or_none(clause.condition);
  out.or_rollback = clause.or_rollback;
  out.if_missing = clause.if_missing;
  out.missing_for_seconds = clause.missing_for_seconds;
  out.if_baseline_missing = clause.if_baseline_missing;
  out.baseline_missing_for_seconds = clause.baseline_missing_for_seconds;
  out.if_empty = clause.if_empty;
  out.confirm.count = clause.approval.count;
  out.confirm.role = writer_.string_or_none(clause.approval.role);
  out.confirm.members = role_index(clause.approval.role);
  for (const std::uint32_t fact : clause.approval.other_than)
    out.confirm.other_than.push_back(facts_[fact].index);
  out.confirm.within_seconds = clause.approval.within_seconds;
  out.confirm.or_not_applicable = clause.approval.or_not_applicable;
  out.place = writer_.place(clause.place);
  return out;
}

program::Rule Lowering::rule(const CheckedPolicy& policy, const CheckedRule& rule) {
  program::Rule out;
  out.id = writer_.string(policy.rule_id(rule));
  out.title = writer_.string_or_none(rule.title);
  out.kind = rule.kind;
  out.gate = rule.gate;
  out.scope = rule.scope;
  out.phase = rule.phase;
  out.rollout = rule.rollout;
  out.first_stage = rule.first_stage;
  out.last_stage = rule.last_stage;
  out.only_if = block_or_none(rule.only_if);
  out.each = rule.each;
  for (const CheckedClause& own : rule.clauses) {
    out.clauses.push_back(clause(own));
    out.reads_metrics = out.reads_metrics || own.condition.reads_metrics;
  }
  out.is_final = rule.is_final;
  out.trial = rule.trial;
  out.doc = writer_.string_or_none(rule.doc);
  out.why = writer_.string_or_none(rule.why);
  out.evidence = writer_.string_or_none(rule.evidence);
  out.severity = writer_.string_or_none(rule.severity);
  out.owner = writer_.string_or_none(rule.owner);
  for (const std::string& role : rule.waivable_by) out.waivable_by.push_back(writer_.string(role));
  for (const std::string& id : rule.covers) out.covers.push_back(writer_.string(id));
  out.overrides = rule.overrides;
  out.place = writer_.place(rule.place);
  if (rule.trial) out.trial_until = rule.trial_until;
  for (const CheckedPart& own : rule.parts) {
    program::ScorePart part;
    part.worth = own.worth;
    part.full = block_of(own.full);
    part.half = block_or_none(own.half);
    part.place = writer_.place(own.place);
    out.parts.push_back(part);
  }
  return out;
}

program::Waiver Lowering::waiver(const CheckedWaiver& waiver) {
  program::Waiver out;
  out.target = writer_.string(waiver.target);
  out.rules = waiver.rules;
  out.scope = block_of(waiver.scope);
  out.until = waiver.until;
  out.by = writer_.string(waiver.by);
  out.because = writer_.string(waiver.because);
  for (const std::string& role : waiver.roles) {
    const std::uint32_t index = role_index(role);
    if (index != kNone) out.members.push_back(index);
  }
  out.place = writer_.place(waiver.place);
  return out;
}

program::ProcedureStep Lowering::procedure_step(const CheckedProcedureStep& step) {
  program::ProcedureStep out;
  out.name = writer_.string_or_none(step.name);
  out.title = writer_.string_or_none(step.title);
  out.owner = writer_.string_or_none(step.owner);
  out.why = writer_.string_or_none(step.why);
  out.only_if = block_or_none(step.only_if);
  for (const CheckedTextPart& part : step.run)
    out.run.push_back({writer_.string(part.text), block_or_none(part.hole)});
  for (const Condition& check : step.checks) out.checks.push_back(block_of(check));
  out.place = writer_.place(step.place);
  return out;
}

program::Procedure Lowering::procedure(const CheckedPolicy& policy,
                                       const CheckedProcedure& procedure) {
  program::Procedure out;
  out.id = writer_.string(policy.id + "." + procedure.path);
  out.title = writer_.string_or_none(procedure.title);
  out.doc = writer_.string_or_none(procedure.doc);
  out.owner = writer_.string_or_none(procedure.owner);
  out.why = writer_.string_or_none(procedure.why);
  out.evidence = writer_.string_or_none(procedure.evidence);
  out.severity = writer_.string_or_none(procedure.severity);
  for (const std::string& id : procedure.covers) out.covers.push_back(writer_.string(id));
  out.rules = procedure.rules;
  out.only_if = block_or_none(procedure.only_if);
  for (const CheckedProcedureStep& step : procedure.steps) out.steps.push_back(procedure_step(step));
  out.place = writer_.place(procedure.place);
  return out;
}

// What is told of rules that this policy has dropped is told of those that are left.
program::Message Lowering::message(const CheckedPolicy& policy, const CheckedMessage& message) {
  program::Message out;
  out.name = writer_.string(message.name);
  for (const CheckedTextPart& part : message.text)
    out.text.push_back({writer_.string(part.text), block_or_none(part.hole)});
  for (const CheckedRecipient& own : message.recipients) {
    out.recipients.push_back({writer_.string(own.name), own.is_role,
                              own.is_role ? role_index(own.name) : kNone});
  }
  for (const std::string& channel : message.channels) out.channels.push_back(writer_.string(channel));
  if (message.opens) out.opens = anchor(*message.opens);
  if (message.closes) out.closes = anchor(*message.closes);
  out.within_seconds = message.within_seconds;
  out.every_seconds = message.every_seconds;
  out.while_true = block_or_none(message.while_true);
  out.on_rules = !message.on.empty();
  for (std::uint32_t i = 0; i < policy.rules.size(); ++i) {
    if (std::ranges::find(message.on, policy.rules[i].group) != message.on.end())
      out.rules.push_back(i);
  }
  out.only_if = block_or_none(message.only_if);
  out.scope = message.scope;
  out.phase = message.phase;
  out.rollout = message.rollout;
  out.first_stage = message.first_stage;
  out.last_stage = message.last_stage;
  out.doc = writer_.string_or_none(message.doc);
  out.why = writer_.string_or_none(message.why);
  out.evidence = writer_.string_or_none(message.evidence);
  out.severity = writer_.string_or_none(message.severity);
  out.owner = writer_.string_or_none(message.owner);
  for (const std::string& id : message.covers) out.covers.push_back(writer_.string(id));
  out.place = writer_.place(message.place);
  return out;
}

void Lowering::write_policy(const CheckedPolicy& policy) {
  program::Policy out;
  out.id = writer_.string(policy.id);
  out.title = writer_.string_or_none(policy.title);
  out.owner = writer_.string_or_none(policy.owner);
  out.doc = writer_.string_or_none(policy.doc);
  out.trial = policy.trial;
  if (policy.trial) out.trial_until = policy.trial_until;
  out.place = writer_.place(policy.place);
  for (const CheckedParent& parent : policy.parents) out.parents.push_back(writer_.string(parent.id));
  write_params(policy, out);
  policy_baseline_ = policy.baseline;
  out.applies = block_or_none(policy.applies);
  for (const CheckedPhase& own : policy.phases) out.phases.push_back(phase(own));
  for (const CheckedRollout& own : policy.rollouts) out.rollouts.push_back(rollout(own));
  for (const CheckedChoice& own : policy.strategy) {
    program::Choice choice;
    choice.rollout = own.rollout;
    choice.condition = block_or_none(own.condition);
    choice.place = writer_.place(own.place);
    out.strategy.push_back(choice);
  }
  for (const CheckedRule& own : policy.rules) out.rules.push_back(rule(policy, own));
  for (const CheckedOverride& own : policy.overrides) {
    out.overrides.push_back({writer_.string(own.what), writer_.string(own.target),
                             writer_.string_or_none(own.because), writer_.string_or_none(own.from),
                             writer_.string_or_none(own.to), writer_.place(own.place)});
  }
  for (const CheckedWaiver& own : policy.waivers) out.waivers.push_back(waiver(own));
  for (const CheckedProcedure& own : policy.procedures)
    out.procedures.push_back(procedure(policy, own));
  for (const CheckedMessage& own : policy.messages) out.messages.push_back(message(policy, own));
  std::size_t rules = out.rules.size();
  for (const program::Policy& other : writer_.tables().policies) rules += other.rules.size();
  if (rules > program::kMaxRules) {
    fail(policy.place,
         "more than " + std::to_string(program::kMaxRules) + " rules in all policies together");
  }
  writer_.tables().policies.push_back(std::move(out));
}

}  // namespace

std::optional<program::Program> lower(const Checked& checked,
                                      const std::vector<const lang::SourceFile*>& files,
                                      bool optimise, Sink& sink) {
  try {
    return Lowering(checked, files, optimise, sink).run();
  } catch (const Overflow&) {
    return std::nullopt;
  }
}

}  // namespace dpol::compiler
