#include "runtime/inputs/facts.h"

#include <algorithm>
#include <cassert>

#include "runtime/inputs/json.h"
#include "runtime/inputs/nearest.h"

namespace dpol::inputs {

using program::BirthKind;
using program::Birthplace;
using program::Column;
using program::Decimal;
using program::Fault;
using program::Input;
using program::InputKind;
using program::Kind;
using program::RowTable;
using program::Type;
using program::Value;

namespace {

constexpr std::string_view kElement = "";

Birthplace born_at(std::uint32_t input) { return {BirthKind::input, input}; }

Value not_given(bool optional, std::uint32_t input) {
  return Value::unknown(optional ? Fault::absent : Fault::missing, born_at(input));
}

bool is_collection(const Type& type) { return type.kind == Kind::list || type.kind == Kind::map; }

// Ends in `tail`, at the start or behind a dot.
bool has_tail(std::string_view name, std::string_view tail) {
  return name.ends_with(tail) &&
         (name.size() == tail.size() || name[name.size() - tail.size() - 1] == '.');
}

}  // namespace

class FactBinder::Target {
 public:
  virtual ~Target() = default;
  // Binds the leaf to the entry, which may be null.
  virtual void bind(std::uint32_t leaf, NodeRef entry) = 0;
};

class FactBinder::InputTarget final : public FactBinder::Target {
 public:
  explicit InputTarget(FactBinder& binder) : binder_(binder) {}
  void bind(std::uint32_t leaf, NodeRef entry) override {
    const auto [place, is_new] = binder_.lines_.try_emplace(leaf, entry.line());
    if (!is_new) {
      binder_.fail(
          entry.line(),
          {"", "is given twice, in line " + std::to_string(place->second) + " and here", ""});
      return;
    }
    const Input& input = binder_.program_.inputs[leaf];
    const Place place_of = binder_.place(entry.line());
    const vm::Origin origin = {place_of.document, place_of.line};
    if (entry.is(NodeKind::null)) {
      binder_.builder_.set_input(leaf, not_given(input.optional, leaf), origin);
      return;
    }
    const Value value = binder_.read(input.type, entry, leaf);
    binder_.check_range(leaf, value, entry.line());
    binder_.builder_.set_input(leaf, value, origin);
  }

 private:
  FactBinder& binder_;
};

class FactBinder::RowTarget final : public FactBinder::Target {
 public:
  RowTarget(FactBinder& binder, const RowTable& table, std::uint32_t input, std::vector<Value>& row)
      : binder_(binder), table_(table), input_(input), row_(row), bound_(row.size()) {}
  void bind(std::uint32_t leaf, NodeRef entry) override {
    if (bound_[leaf]) {
      binder_.fail(entry.line(), {"", "is given twice", ""});
      return;
    }
    bound_[leaf] = true;
    if (entry.is(NodeKind::null)) return;
    const Column& column = binder_.program_.columns[table_.first_column + leaf];
    row_[leaf] = binder_.read(column.type, entry, input_);
    binder_.check_ratio(column.type, row_[leaf], entry.line());
  }

 private:
  FactBinder& binder_;
  const RowTable& table_;
  std::uint32_t input_;
  std::vector<Value>& row_;
  std::vector<bool> bound_;
};

FactBinder::FactBinder(const program::Program& program, vm::SnapshotBuilder& builder,
                       InputErrors& errors, Remarks& remarks)
    : program_(program),
      builder_(builder),
      errors_(errors),
      remarks_(remarks),
      values_(program, builder) {
  std::set<std::string> paths;
  for (std::uint32_t i = 0; i < program.inputs.size(); ++i) {
    if (program.inputs[i].kind != InputKind::fact) continue;
    const std::string& name = program.text(program.inputs[i].name);
    facts_.add(name, i);
    fact_names_.push_back(name);
    for (std::size_t dot = name.find('.'); dot != std::string::npos;
         dot = name.find('.', dot + 1)) {
      paths.insert(name.substr(0, dot));
    }
    paths.insert(name);
  }
  known_paths_.assign(paths.begin(), paths.end());
}

void FactBinder::fail(std::uint32_t line, Mismatch mismatch) {
  const Place place_of = place(line);
  InputError error;
  if (!parts_.empty()) error.file = place_of.file;
  error.line = place_of.line;
  error.path = path_.text();
  error.expected = std::move(mismatch.expected);
  error.found = std::move(mismatch.found);
  error.hint = std::move(mismatch.hint);
  errors_.add(std::move(error));
}

bool FactBinder::looks_like_facts(NodeRef root) const {
  if (!root.is(NodeKind::map)) return false;
  constexpr std::size_t kLookedAt = 100;
  std::size_t seen = 0;
  for (const NodeRef entry : root) {
    if (facts_.find(entry.key()) != nullptr) return true;
    if (++seen == kLookedAt) break;
  }
  return false;
}

void FactBinder::begin_document(std::uint32_t index, std::string_view name) {
  file_ = name;
  document_ = index;
  parts_.clear();
  lines_.clear();
  unclaimed_.clear();
}

FactBinder::Place FactBinder::place(std::uint32_t line) const {
  if (parts_.empty()) return {document_, file_, line};
  const auto part =
      std::ranges::lower_bound(parts_, line, {}, [](const Part& one) { return one.last_line; });
  if (line == 0 || part == parts_.end()) return {document_, file_, 0};
  const std::uint32_t before = part == parts_.begin() ? 0 : std::prev(part)->last_line;
  return {part->index, part->name, line - before};
}

void FactBinder::bind_source(std::string_view source, const Document& facts,
                             std::vector<Part> parts) {
  begin_document(parts.back().index, parts.back().name);
  parts.pop_back();
  parts_ = std::move(parts);
  const PathTree* tree = facts_.find(source);
  if (tree == nullptr) return;
  path_.push(source);
  InputTarget target(*this);
  bind_map(facts.root(), *tree, target);
  path_.pop();
  parts_.clear();
}

void FactBinder::bind_document(const Document& document, std::uint32_t index,
                               std::string_view name) {
  begin_document(index, name);
  const NodeRef root = document.root();
  if (!root.is(NodeKind::map)) {
    fail(root.line(), {"a map of facts", found_text(root), ""});
    return;
  }
  if (root.find("metrics") && root.find("time") && facts_.find("metrics") == nullptr) {
    fail(root.line(), {"a map of facts", "samples of metrics", "give the document by --metrics"});
    return;
  }
  InputTarget target(*this);
  bind_map(root, facts_, target);
}

void FactBinder::bind_map(NodeRef map, const PathTree& tree, Target& target) {
  for (const NodeRef entry : map) {
    path_.push(entry.key());
    bind_entry(entry, tree, target);
    path_.pop();
  }
}

void FactBinder::bind_entry(NodeRef entry, const PathTree& tree, Target& target) {
  const PathTree* found = tree.find(entry.key());
  if (found == nullptr) {
    remark_unclaimed(entry, tree);
  } else if (found->is_leaf()) {
    target.bind(*found->target(), entry);
  } else if (entry.is(NodeKind::map)) {
    bind_map(entry, *found, target);
  } else if (entry.is(NodeKind::null)) {
    std::vector<std::uint32_t> leaves;
    found->collect(leaves);
    for (const std::uint32_t leaf : leaves) target.bind(leaf, entry);
  } else {
    fail(entry.line(), {"a map with " + listed(found->names(), "and", 6), found_text(entry), ""});
  }
}

void FactBinder::remark_unclaimed(NodeRef entry, const PathTree& tree) {
  // A list repeats its elements' fields; once is enough to know.
  if (unclaimed_.size() > Remarks::kMost || !unclaimed_.insert(path_.text(true)).second) return;
  const Place place_of = place(entry.line());
  Unclaimed fact;
  fact.file = place_of.file;
  fact.line = place_of.line;
  fact.path = path_.text();
  fact.nearest = nearest_name(fact.path, known_paths_).value_or("");
  if (fact.nearest.empty()) {
    fact.nearest = nearest_name(entry.key(), tree.names()).value_or("");
  }
  remarks_.add_fact(std::move(fact));
}

Value FactBinder::read(const Type& type, NodeRef node, std::uint32_t input) {
  if (is_collection(type)) return read_rows(type, node, input);
  Mismatch mismatch;
  const auto value = values_.read(type, node, born_at(input), mismatch);
  if (value) return *value;
  fail(node.line(), std::move(mismatch));
  return not_given(false, input);
}

const PathTree& FactBinder::columns_of(std::uint16_t table) {
  const auto [place, is_new] = columns_.try_emplace(table);
  if (is_new) {
    const RowTable& rows = program_.row_tables[table];
    for (std::uint32_t i = rows.keyed ? 1 : 0; i < rows.column_count; ++i) {
      place->second.add(program_.text(program_.columns[rows.first_column + i].name), i);
    }
  }
  return place->second;
}

Value FactBinder::read_rows(const Type& type, NodeRef node, std::uint32_t input) {
  const RowTable& table = program_.row_tables[type.index];
  const NodeKind wanted = table.keyed ? NodeKind::map : NodeKind::list;
  if (!node.is(wanted)) {
    fail(node.line(), {program::to_text(type, values_.names()), found_text(node), ""});
    return not_given(false, input);
  }
  const PathTree& tree = columns_of(type.index);
  std::vector<std::vector<Value>> rows;
  std::vector<vm::Origin> origins;
  rows.reserve(node.size());
  origins.reserve(node.size());
  for (const NodeRef element : node) {
    std::vector<Value>& row = rows.emplace_back();
    if (table.keyed) {
      row.push_back(builder_.text_value(element.key()));
      path_.push(element.key());
    } else {
      path_.push(rows.size() - 1);
    }
    read_row(table, tree, element, input, row);
    path_.pop();
    const Place place_of = place(element.line());
    origins.push_back({place_of.document, place_of.line});
  }
  return builder_.append_rows(type.index, rows, origins);
}

void FactBinder::read_row(const RowTable& table, const PathTree& tree, NodeRef element,
                          std::uint32_t input, std::vector<Value>& row) {
  for (std::uint32_t i = table.keyed ? 1 : 0; i < table.column_count; ++i) {
    row.push_back(not_given(program_.columns[table.first_column + i].optional, input));
  }
  if (element.is(NodeKind::null)) return;
  RowTarget target(*this, table, input, row);
  const bool is_element =
      program_.text(program_.columns[table.first_column + table.column_count - 1].name) == kElement;
  if (is_element) {
    target.bind(table.column_count - 1, element);
  } else if (element.is(NodeKind::map)) {
    bind_map(element, tree, target);
  } else {
    fail(element.line(), {"a map with " + listed(tree.names(), "and", 6), found_text(element), ""});
  }
}

void FactBinder::check_ratio(const Type& type, Value value, std::uint32_t line) {
  if (!ValueReader::is_outside_ratio(type, value)) return;
  const Place place_of = place(line);
  remarks_.add_note(
      {place_of.file, place_of.line, path_.text() + " " + ValueReader::ratio_note(value)});
}

// What the snapshot makes unknown deserves a word.
void FactBinder::check_range(std::uint32_t index, Value value, std::uint32_t line) {
  const Input& input = program_.inputs[index];
  const bool has_range = input.minimum != program::kNone || input.maximum != program::kNone;
  if (value.is_unknown() || !input.type.is_numeric()) return;
  if (!has_range) return check_ratio(input.type, value, line);
  const bool low = input.minimum != program::kNone &&
                   value.as_number() < program_.constants[input.minimum].as_number();
  const bool high = input.maximum != program::kNone &&
                    value.as_number() > program_.constants[input.maximum].as_number();
  if (!low && !high) return;
  const std::uint32_t limit = low ? input.minimum : input.maximum;
  const Place place_of = place(line);
  remarks_.add_note(
      {place_of.file, place_of.line,
       path_.text() + " is " + values_.print(input.type, value) + (low ? ", below " : ", above ") +
           values_.print(input.type, program_.constants[limit]) + ", and counts as unknown"});
}

void FactBinder::bind_fact(std::string_view path, std::string_view text, std::uint32_t index,
                           std::string_view name) {
  begin_document(index, name);
  const PathTree* found = facts_.find(path);
  path_.push(path);
  if (found == nullptr) {
    remarks_.add_fact({file_, 0, std::string(path), nearest_name(path, known_paths_).value_or("")});
  } else if (!found->is_leaf()) {
    fail(0, {"", "is a group of facts", "give one of " + listed(found->names(), "and", 6)});
  } else {
    bind_text(*found->target(), text);
  }
  path_.pop();
}

void FactBinder::bind_text(std::uint32_t leaf, std::string_view text) {
  const Input& input = program_.inputs[leaf];
  if (is_collection(input.type)) {
    JsonReader reader;
    Document document;
    SyntaxFault fault;
    if (reader.read(text, document, fault)) {
      InputTarget(*this).bind(leaf, document.root());
    } else {
      fail(0, {program::to_text(input.type, values_.names()) + " as JSON", in_quotes(text), ""});
    }
    return;
  }
  if (text == "null" && input.type.kind != Kind::string) {
    builder_.set_input(leaf, not_given(input.optional, leaf), {document_, 0});
    return;
  }
  Mismatch mismatch;
  const auto value = values_.read_text(input.type, text, born_at(leaf), mismatch);
  if (!value) return fail(0, std::move(mismatch));
  check_range(leaf, *value, 0);
  builder_.set_input(leaf, *value, {document_, 0});
}

std::optional<std::uint32_t> FactBinder::find_parameter(std::string_view name) {
  std::vector<std::string> all;
  std::vector<std::string> matching;
  std::optional<std::uint32_t> found;
  for (std::uint32_t i = 0; i < program_.inputs.size(); ++i) {
    if (program_.inputs[i].kind != InputKind::parameter) continue;
    const std::string& parameter = program_.text(program_.inputs[i].name);
    if (parameter == name) return i;
    all.push_back(parameter);
    if (const std::size_t dot = parameter.rfind('.'); dot != std::string::npos) {
      all.push_back(parameter.substr(dot + 1));
    }
    if (!has_tail(parameter, name)) continue;
    matching.push_back(parameter);
    found = i;
  }
  if (matching.size() == 1) return found;
  Mismatch mismatch;
  if (matching.empty()) {
    mismatch = {"", "no policy has this parameter", did_you_mean(name, all)};
    if (all.empty()) mismatch.hint = "the policies have no parameters";
  } else {
    mismatch = {"", "several policies have this parameter", "give " + listed(matching)};
  }
  fail(0, std::move(mismatch));
  return std::nullopt;
}

void FactBinder::bind_parameter(std::string_view name, std::string_view text, std::uint32_t index) {
  document_ = index;
  path_.push(name);
  if (const auto leaf = find_parameter(name)) set_parameter(*leaf, text);
  path_.pop();
}

void FactBinder::set_parameter(std::uint32_t leaf, std::string_view text) {
  const Input& input = program_.inputs[leaf];
  Mismatch mismatch;
  const auto value = values_.read_text(input.type, text, born_at(leaf), mismatch);
  if (!value) return fail(0, std::move(mismatch));
  if (value->is_unknown()) return fail(0, {values_.expected(input.type), in_quotes(text), ""});
  const auto limit = [&](std::uint32_t cell) { return program_.constants[cell]; };
  const auto refuse = [&](std::string_view words, std::uint32_t cell) {
    fail(0, {std::string(words) + values_.print(input.type, limit(cell)),
             values_.print(input.type, *value), ""});
  };
  if (input.minimum != program::kNone && value->as_number() < limit(input.minimum).as_number()) {
    return refuse("at least ", input.minimum);
  }
  if (input.maximum != program::kNone && value->as_number() > limit(input.maximum).as_number()) {
    return refuse("at most ", input.maximum);
  }
  builder_.set_input(leaf, *value, {document_, 0});
}

}  // namespace dpol::inputs
