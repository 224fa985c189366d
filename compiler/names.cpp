#include "compiler/names.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;
using program::Dimension;

namespace {

constexpr std::size_t kMaxNestedRecords = 16;
constexpr std::size_t kMaxColumns = 4'000;  // of one collection
constexpr std::size_t kMaxFacts = 20'000;
constexpr std::size_t kMaxMetrics = 10'000;

struct BuiltinType {
  std::string_view name;
  Type type;
};
const std::vector<BuiltinType>& builtin_types() {
  static const std::vector<BuiltinType> kTypes = {
      {"bool", Type::of(Kind::boolean)}, {"int", Type::of(Kind::integer)},
      {"float", Type::of(Kind::number)}, {"string", Type::of(Kind::string)},
      {"ratio", Type::of(Kind::ratio)},  {"points", Type::of(Kind::points)},
      {"duration", Type::duration()},    {"bytes", Type::bytes()},
      {"time", Type::of(Kind::time)},    {"semver", Type::of(Kind::semver)},
  };
  return kTypes;
}

}  // namespace

std::string joined(const std::vector<ast::Segment>& path, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < path.size(); ++i) {
    if (i > from) text += '.';
    text += path[i].text;
  }
  return text;
}

bool is_builtin_type(std::string_view name) {
  return std::ranges::any_of(builtin_types(),
                             [name](const BuiltinType& type) { return type.name == name; });
}

std::vector<std::string> builtin_function_names() {
  return {
      "age",
      "sent",
      "subject",
#define DPOL_AGGREGATE(name, result, text) #name,
#include "runtime/program/aggregates.def"
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) #name,
#include "runtime/program/functions.def"
  };
}

bool is_builtin_function(std::string_view name) {
  static const std::vector<std::string> kNames = builtin_function_names();
  return std::ranges::find(kNames, name) != kNames.end();
}

// ------------------------------------------------------------------------------------ declaring

template <class V, class F>
void Names::each(F&& declare) {
  for (std::size_t i = 0; i < modules_.all().size(); ++i) {
    for (const auto& declaration : ast::File(*modules_.all()[i].syntax).declarations()) {
      if (const V node = declaration.as<V>()) std::invoke(declare, this, i, node);
    }
  }
}

void Names::declare_all() {
  each<ast::UnitDecl>(&Names::declare_unit);
  each<ast::EnumDecl>([](Names* self, std::size_t module, const ast::EnumDecl& node) {
    self->declare_type(module, node, node.name());
  });
  each<ast::RecordDecl>([](Names* self, std::size_t module, const ast::RecordDecl& node) {
    self->declare_type(module, node, node.name());
  });
  resolve_types();
  each<ast::Role>(&Names::declare_role);
  std::ranges::sort(checked_.roles, {}, &RoleInfo::name);
  each<ast::Facts>(&Names::declare_facts);
  each<ast::Source>(&Names::declare_source);
  check_fact_groups();
  each<ast::Role>(&Names::add_members);
  each<ast::Metric>(&Names::declare_metric);
  each<ast::Fn>(&Names::declare_function);
  each<ast::Policy>(&Names::declare_policy);
}

void Names::report_twice(const std::string& what, const Place& second, const Place& first) {
  const bool clash = second.file != first.file;
  sink_
      .report(clash ? Code::E0310 : Code::E0309, second,
              what + (clash ? " is declared differently in two files" : " is declared twice"),
              "declared again here")
      .also(first.file, first.span, "declared here first");
}

void Names::declare_unit(std::size_t module, const ast::UnitDecl& unit) {
  const std::string name(unit.name().text());
  const Place place = modules_.all()[module].place(unit.name());
  if (units_.contains(name)) {
    // A unit is nothing but its name: files may share it.
    if (units_.at(name).file == place.file)
      report_twice("unit " + quoted(name), place, units_.at(name));
    return;
  }
  if (is_builtin_type(name) || name == "s" || name == "m" || name == "h" || name == "d") {
    sink_.report(Code::E0309, place, quoted(name) + " already is a type or unit", "taken");
    return;
  }
  if (checked_.types.units.size() == Dimension::kUserUnits) {
    sink_.report(Code::E0313, place,
                 "more than " + std::to_string(Dimension::kUserUnits) + " units are declared",
                 "one too many");
    return;
  }
  units_.emplace(name, place);
  checked_.types.units.push_back(name);
}

void Names::declare_type(std::size_t module, const ast::View& node, const ast::Name& name) {
  const std::string text(name.text());
  const Place place = modules_.all()[module].place(name);
  if (is_builtin_type(text) || units_.contains(text)) {
    sink_.report(Code::E0309, place, quoted(text) + " already is a type or unit", "taken");
    return;
  }
  const auto [at, is_new] = types_.try_emplace(text);
  if (!is_new) {
    report_twice("type " + quoted(text), place, at->second.place);
    return;
  }
  at->second.module = module;
  at->second.node = node;
  at->second.place = place;
}

void Names::resolve_types() {
  for (auto& [name, named] : types_) resolve_named(named, name, named.place);
}

void Names::declare_role(std::size_t module, const ast::Role& role) {
  const std::string name(role.name().text());
  const Place place = modules_.all()[module].place(role.name());
  const auto [at, is_new] = roles_.emplace(name, place);
  if (!is_new && at->second.file == place.file)
    report_twice("role " + quoted(name), place, at->second);
  if (!is_new) return;
  RoleInfo info;
  info.name = name;
  if (role.title()) info.title = role.title().value();
  info.place = place;
  checked_.roles.push_back(std::move(info));
}

const RoleInfo* Names::role(std::string_view name) const {
  const auto found = std::ranges::find(checked_.roles, name, &RoleInfo::name);
  return found == checked_.roles.end() ? nullptr : &*found;
}

// Files that declare one role share it: one of them says who its members are.
void Names::add_members(std::size_t module, const ast::Role& role) {
  const ast::Expr members = role.members();
  if (!members || members.has_error()) return;
  const Place at = modules_.all()[module].place(members);
  const auto info = std::ranges::find(checked_.roles, role.name().text(), &RoleInfo::name);
  if (info == checked_.roles.end()) return;
  if (info->has_members) {
    sink_.report(Code::E0310, at, "the members of role " + quoted(info->name) + " are given twice",
                 "again")
        .also(info->place.file, info->place.span, "first here");
    return;
  }
  info->has_members = true;
  info->place = at;
  if (const auto list = members.as<ast::ListExpr>()) return list_members(module, list, *info);
  const auto path = members.as<ast::PathExpr>();
  if (!path) {
    sink_.report(Code::E0701, at, "the members of a role are names or a fact", "neither")
        .suggest("`role " + info->name + " from [\"a name\", \"another\"]`");
    return;
  }
  std::string name = path.joined();
  if (name.starts_with("facts.")) name.erase(0, std::string_view("facts.").size());
  const auto known = fact(name);
  if (!known) {
    if (is_broken(name)) return;
    auto& diagnostic = sink_.report(Code::E0301, at, "there is no fact " + quoted(name));
    suggest_nearest(diagnostic, at, name, fact_paths());
    return;
  }
  const Type& type = checked_.facts[*known].type;
  const bool of_names = type.kind == Kind::list &&
                        checked_.types.collections[type.index].element.kind == Kind::string;
  if (type.kind != Kind::string && !of_names) {
    sink_.report(Code::E0701, at,
                 quoted(name) + " is " + type_text(type) + ", and members are names",
                 "a `string` or a `list of string`");
    return;
  }
  info->fact = *known;
}

void Names::list_members(std::size_t module, const ast::ListExpr& list, RoleInfo& info) {
  for (const ast::Expr& element : list.elements()) {
    const Place at = modules_.all()[module].place(element);
    const auto literal = element.as<ast::LiteralExpr>();
    const std::string name =
        literal && literal.is_string() ? literal.plain_text().value_or("") : "";
    if (name.empty()) {
      sink_.report(Code::E0701, at, "a member is somebody's name, between quotes", "no name");
    } else if (std::ranges::find(info.members, name) != info.members.end()) {
      sink_.report(Code::E0701, at, quoted(name) + " is a member already", "named twice");
    } else {
      info.members.push_back(name);
    }
  }
  if (list.elements().empty()) {
    sink_.report(Code::E0701, info.place, "a role without members could never sign off", "empty");
  }
}

void Names::declare_facts(std::size_t module, const ast::Facts& facts) {
  if (modules_.all()[module].is_schema) return;
  for (const ast::Field& field : facts.fields()) {
    if (sink_.is_full() || facts_full_) return;
    declare_fact_field(module, field, {}, false);
  }
}

// Its facts are those of the format's schema, below its name.
void Names::declare_source(std::size_t module, const ast::Source& source) {
  if (source.has_error()) return;
  const std::string name = source.name().joined();
  const Place place = modules_.all()[module].place(source.name());
  for (const ast::SourceField& own : source.fields()) declare_fact_field(module, own.field(), name, false, &place);
  const auto schema = modules_.schema(source.format().text());
  if (!schema) return;
  for (const auto& declaration : ast::File(*modules_.all()[*schema].syntax).declarations()) {
    const auto facts = declaration.as<ast::Facts>();
    if (!facts) continue;
    for (const ast::Field& field : facts.fields()) {
      if (sink_.is_full() || facts_full_) return;
      declare_fact_field(*schema, field, name, false, &place);
    }
  }
}

void Names::declare_fact_field(std::size_t module, const ast::Field& field, std::string path,
                               bool optional, const Place* at) {
  if (!path.empty()) path += '.';
  path += field.name().text();
  optional = optional || field.optional();
  const Place place = at != nullptr ? *at : modules_.all()[module].place(field.name());
  if (facts_are_full(place)) return;
  if (field.type().kind() == ast::TypeKind::Record) {
    fact_groups_.emplace(path, place);
    for (const ast::Field& inner : field.type().fields()) {
      declare_fact_field(module, inner, path, optional, at);
    }
    return;
  }
  const auto type = resolve_type(module, field.type(), field.name().text());
  if (!type || type->kind == Kind::change) set_broken(path);
  if (!type) return;
  if (type->kind == Kind::record) {
    declare_record_facts(*type, path, optional, at != nullptr ? *at : modules_.all()[module].place(field), at != nullptr, 0);
    return;
  }
  if (type->kind == Kind::change) {
    sink_.report(Code::E0426, modules_.all()[module].place(field.type()),
                 "a fact cannot be a `percent change`: only a parameter can", "declare it `ratio`");
    return;
  }
  add_fact({path, *type, optional, field.doc(), place}, at != nullptr);
}

void Names::declare_record_facts(const Type& record, const std::string& path, bool optional,
                                 const Place& place, bool from_source, std::size_t depth) {
  if (depth > kMaxNestedRecords) return;  // a record that holds itself has been reported
  fact_groups_.emplace(path, place);
  // By index: resolving may not move the table, but a copy is as easy to trust.
  const std::vector<FieldInfo> fields = checked_.types.records[record.index].fields;
  for (const FieldInfo& field : fields) {
    const std::string inner = path + "." + field.name;
    if (field.type.kind == Kind::record) {
      declare_record_facts(field.type, inner, optional || field.optional, place, from_source, depth + 1);
    } else {
      add_fact({inner, field.type, optional || field.optional, {}, place}, from_source);
    }
  }
}

bool Names::facts_are_full(const Place& place) {
  if (!facts_full_ && checked_.facts.size() == kMaxFacts) {
    facts_full_ = true;
    sink_.report(Code::E0523, place,
                 "more than " + std::to_string(kMaxFacts) + " facts are declared");
  }
  return facts_full_;
}

void Names::add_fact(FactInfo fact, bool from_source) {
  const auto known = facts_.find(fact.path);
  if (known != facts_.end()) {
    const FactInfo& first = checked_.facts[known->second];
    const bool same = first.type == fact.type && first.optional == fact.optional;
    if (same && (from_source || first.place.file != fact.place.file)) return;
    if (!same) set_broken(fact.path);
    report_twice("fact " + quoted(fact.path), fact.place, first.place);
    return;
  }
  if (facts_are_full(fact.place)) return;
  // The groups on the way: tests and tests.unit for tests.unit.failed.
  for (std::size_t dot = fact.path.find('.'); dot != std::string::npos;
       dot = fact.path.find('.', dot + 1)) {
    fact_groups_.emplace(fact.path.substr(0, dot), fact.place);
  }
  facts_.emplace(fact.path, static_cast<std::uint32_t>(checked_.facts.size()));
  checked_.facts.push_back(std::move(fact));
}

std::optional<std::uint32_t> Names::sent_fact(const std::string& message, const Place& declared) {
  const std::string group(program::kSentFacts.substr(0, program::kSentFacts.size() - 1));
  if (const auto index = fact(group)) {
    report_twice("fact " + quoted(group), checked_.facts[*index].place, declared);
    return std::nullopt;
  }
  const std::string path = std::string(program::kSentFacts) + message;
  if (!facts_.contains(path)) {
    FactInfo info;
    info.path = path;
    info.type = Type::of(Kind::boolean);
    info.doc = "Whether message " + quoted(message) + " was sent.";
    info.place = declared;
    add_fact(std::move(info));
  }
  const auto index = fact(path);
  if (!index) return std::nullopt;
  const FactInfo& found = checked_.facts[*index];
  if (found.type == Type::of(Kind::boolean) && !found.optional) return index;
  report_twice("fact " + quoted(path), found.place, declared);
  return std::nullopt;
}

void Names::check_fact_groups() {
  for (const auto& [path, index] : facts_) {
    const auto group = fact_groups_.find(path);
    if (group == fact_groups_.end()) continue;
    report_twice("fact " + quoted(path), group->second, checked_.facts[index].place);
  }
}

void Names::declare_metric(std::size_t module, const ast::Metric& metric) {
  const std::string name(metric.name().text());
  const Place place = modules_.all()[module].place(metric.name());
  if (const auto index = facts_.find(name); index != facts_.end()) {
    return report_twice("name " + quoted(name), place, checked_.facts[index->second].place);
  }
  if (const auto group = fact_groups_.find(name); group != fact_groups_.end()) {
    return report_twice("name " + quoted(name), place, group->second);
  }
  if (metric_declarations_.size() == kMaxMetrics) {
    sink_.report(Code::E0523, place,
                 "more than " + std::to_string(kMaxMetrics) + " metrics are declared");
    return;
  }
  const auto [at, is_new] =
      metrics_.emplace(name, static_cast<std::uint32_t>(metric_declarations_.size()));
  if (is_new) {
    metric_declarations_.emplace_back();
    MetricInfo info;
    info.name = name;
    info.place = place;
    checked_.metrics.push_back(std::move(info));
  }
  metric_declarations_[at->second].push_back({module, metric});
}

void Names::declare_function(std::size_t module, const ast::Fn& fn) {
  FnInfo info;
  info.name = fn.name().text();
  info.module = module;
  info.node = fn;
  info.place = modules_.all()[module].place(fn.name());
  if (is_builtin_function(info.name)) {
    sink_.report(Code::E0309, info.place, quoted(info.name) + " is a function of the language",
                 "choose another name");
    return;
  }
  for (const std::size_t other : functions_by_name_[info.name]) {
    if (functions_[other].module == module) {
      return report_twice("function " + quoted(info.name), info.place, functions_[other].place);
    }
  }
  functions_by_name_[info.name].push_back(functions_.size());
  functions_.push_back(std::move(info));
}

void Names::declare_policy(std::size_t module, const ast::Policy& policy) {
  PolicyInfo info{std::string(policy.name().text()), module, policy,
                  modules_.all()[module].place(policy.name())};
  for (const std::size_t other : policies_by_name_[info.name]) {
    if (policies_[other].module == module) {
      return report_twice("policy " + quoted(info.name), info.place, policies_[other].place);
    }
  }
  policies_by_name_[info.name].push_back(policies_.size());
  policies_.push_back(std::move(info));
}

// ------------------------------------------------------------------------------------ looking up

std::optional<std::uint32_t> Names::fact(std::string_view path) const {
  const auto found = facts_.find(path);
  return found == facts_.end() ? std::nullopt : std::optional(found->second);
}

bool Names::is_fact_group(std::string_view path) const { return fact_groups_.contains(path); }

std::optional<std::uint32_t> Names::metric(std::string_view name) const {
  const auto found = metrics_.find(name);
  return found == metrics_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::uint16_t> Names::enumeration(std::string_view name) const {
  const auto found = types_.find(std::string(name));
  if (found == types_.end() || found->second.type.kind != Kind::enumeration) return std::nullopt;
  return found->second.type.index;
}

std::optional<std::size_t> Names::find_unit(std::string_view name) const {
  const auto& units = checked_.types.units;
  const auto found = std::ranges::find(units, name);
  if (found == units.end()) return std::nullopt;
  return static_cast<std::size_t>(found - units.begin());
}

bool Names::has_function(std::string_view name) const {
  return functions_by_name_.contains(std::string(name));
}

bool Names::qualifies(std::size_t from, std::string_view qualifier, std::size_t target) const {
  const std::string& name = modules_.all()[target].name;
  if (!name.empty() && name == qualifier) return true;
  return std::ranges::any_of(modules_.all()[from].imports, [&](const ImportedModule& import) {
    return import.module == target && import.alias == qualifier;
  });
}

template <class Info>
Info* Names::find_of_module(std::vector<Info>& infos,
                            const std::map<std::string, std::vector<std::size_t>>& by_name,
                            std::size_t module, const std::vector<ast::Segment>& path,
                            const Place& place, Code unknown, std::string_view what) {
  const std::string name(path.back().text);
  const std::string qualifier = joined({path.begin(), path.end() - 1});
  std::vector<Info*> found;
  if (const auto named = by_name.find(name); named != by_name.end()) {
    for (const std::size_t index : named->second) {
      Info& info = infos[index];
      if (qualifier.empty() && info.module == module) return &info;
      if (qualifier.empty() || qualifies(module, qualifier, info.module) ||
          (info.module == module && modules_.all()[module].name == qualifier)) {
        found.push_back(&info);
      }
    }
  }
  if (found.size() == 1) return found.front();
  if (found.size() > 1) {
    auto& diagnostic = sink_.report(
        Code::E0317, place,
        std::string(what) + " " + quoted(joined(path)) + " is declared in several modules",
        "which one?");
    for (const Info* info : found) {
      diagnostic.also(info->place.file, info->place.span, "declared here");
      const std::string& home = modules_.all()[info->module].name;
      if (!home.empty()) diagnostic.suggest("say its module: `" + home + "." + name + "`");
    }
    return nullptr;
  }
  if (sink_.is_full()) return nullptr;
  auto& diagnostic =
      sink_.report(unknown, place, "there is no " + std::string(what) + " " + quoted(joined(path)));
  std::vector<std::string> candidates;
  if (unknown == Code::E0305 && qualifier.empty()) candidates = builtin_function_names();
  for (const auto& [candidate, indices] : by_name) {
    candidates.push_back(qualifier.empty() ? candidate : qualifier + "." + candidate);
  }
  suggest_nearest(diagnostic, place, joined(path), candidates);
  return nullptr;
}

FnInfo* Names::function(std::size_t module, const std::vector<ast::Segment>& path,
                        const Place& place) {
  return find_of_module(functions_, functions_by_name_, module, path, place, Code::E0305,
                        "function");
}

PolicyInfo* Names::policy(std::size_t module, const std::vector<ast::Segment>& path,
                          const Place& place) {
  return find_of_module(policies_, policies_by_name_, module, path, place, Code::E0306, "policy");
}

std::string Names::type_text(const Type& type) const {
  if (type.kind == Kind::enumeration && checked_.types.enums[type.index].in_place) {
    std::string text;
    for (const std::string& member : checked_.types.enums[type.index].members) {
      text.append(text.empty() ? "" : " | ").append(member);
      if (text.size() > 60) return text + " | …";
    }
    return text;
  }
  return program::to_text(type, checked_.types);
}

std::vector<std::string> Names::fact_paths() const {
  std::vector<std::string> paths;
  for (const auto& [path, index] : facts_) paths.push_back(path);
  return paths;
}

std::vector<std::string> Names::metric_names() const {
  std::vector<std::string> names;
  for (const auto& [name, index] : metrics_) names.push_back(name);
  return names;
}

// ------------------------------------------------------------------------------------ types

std::optional<Type> Names::resolve_type(std::size_t module, const ast::Type& type,
                                        std::string_view called) {
  switch (type.kind()) {
    case ast::TypeKind::Name:
      return resolve_name(module, type);
    case ast::TypeKind::Unit:
      return resolve_unit(module, type);
    case ast::TypeKind::PercentChange:
      return Type::of(Kind::change);
    case ast::TypeKind::List:
    case ast::TypeKind::Map:
      return resolve_collection(module, type, called);
    case ast::TypeKind::Enum:
      return resolve_enum(module, type, called, true);
    case ast::TypeKind::Record:
      return resolve_record(module, type, called, true);
    case ast::TypeKind::Missing:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Type> Names::unknown_type(const Place& place, const std::string& name) {
  if (sink_.is_full()) return std::nullopt;
  auto& diagnostic = sink_.report(Code::E0304, place, "there is no type or unit " + quoted(name));
  std::vector<std::string> candidates;
  for (const BuiltinType& builtin : builtin_types()) candidates.emplace_back(builtin.name);
  for (const auto& [known, named] : types_) candidates.push_back(known);
  for (const std::string& unit : checked_.types.units) candidates.push_back(unit);
  // Units of literals are no types: a type says what is measured.
  program::Quantity quantity;
  program::QuantityError error;
  if (program::parse_quantity("1" + name, program::QuantityStyle::literal, *this, quantity,
                              error)) {
    diagnostic.suggest("what is measured in it is a " +
                       quoted(program::to_text(quantity.type, checked_.types)));
    return std::nullopt;
  }
  suggest_nearest(diagnostic, place, name, candidates);
  if (diagnostic.help.empty() && name.find('.') == std::string::npos) {
    diagnostic.suggest("if it is counted, declare a unit: `unit " + name + "`");
  }
  return std::nullopt;
}

std::optional<Type> Names::resolve_name(std::size_t module, const ast::Type& type) {
  const std::string name = type.joined();
  const Place place = modules_.all()[module].place(type);
  for (const BuiltinType& builtin : builtin_types()) {
    if (builtin.name == name) return builtin.type;
  }
  if (const auto unit = find_unit(name)) return Type::quantity(Dimension::user(*unit));
  // A type may be called by its module, too: release.risk.
  const std::string last = name.substr(name.rfind('.') + 1);
  const auto named = types_.find(last);
  if (named == types_.end()) return unknown_type(place, name);
  return resolve_named(named->second, last, place);
}

std::optional<Dimension> Names::unit_dimension(std::string_view name) const {
  if (name == "bytes" || name == "B") return Dimension::bytes();
  if (name == "s" || name == "m" || name == "h" || name == "d" || name == "duration") {
    return Dimension::duration();
  }
  if (const auto unit = find_unit(name)) return Dimension::user(*unit);
  return std::nullopt;
}

std::optional<Type> Names::resolve_unit(std::size_t module, const ast::Type& type) {
  const Place place = modules_.all()[module].place(type);
  const std::string above(type.unit());
  const std::string below(type.per());
  const auto numerator = above == "1" ? std::optional(Dimension::none()) : unit_dimension(above);
  if (!numerator) return unknown_type(place, above);
  if (below.empty()) return Type::quantity(*numerator);
  const auto denominator = unit_dimension(below);
  if (!denominator) return unknown_type(place, below);
  Dimension result;
  if (!Dimension::divide(*numerator, *denominator, result)) return unknown_type(place, above);
  return Type::quantity(result);
}

std::optional<Type> Names::resolve_collection(std::size_t module, const ast::Type& type,
                                              std::string_view called) {
  const auto element = resolve_type(module, type.element(), called);
  if (!element) return std::nullopt;
  const bool keyed = type.kind() == ast::TypeKind::Map;
  const auto index = collection(*element, keyed);
  if (!index) {
    sink_.report(Code::E0523, modules_.all()[module].place(type),
                 "too many kinds of lists and maps");
    return std::nullopt;
  }
  return Type::of(keyed ? Kind::map : Kind::list, *index);
}

std::optional<std::uint16_t> Names::collection(const Type& element, bool keyed) {
  auto& collections = checked_.types.collections;
  for (std::size_t i = 0; i < collections.size(); ++i) {
    if (collections[i].element == element && collections[i].keyed == keyed) {
      return static_cast<std::uint16_t>(i);
    }
  }
  if (collections.size() == UINT16_MAX) return std::nullopt;
  CollectionInfo info;
  info.element = element;
  info.keyed = keyed;
  if (keyed) info.columns.push_back({"[key]", Type::of(Kind::string), false});
  add_columns(info, element, {}, false, 0);
  if (info.columns.size() > kMaxColumns) return std::nullopt;
  collections.push_back(std::move(info));
  return static_cast<std::uint16_t>(collections.size() - 1);
}

void Names::add_columns(CollectionInfo& info, const Type& type, const std::string& path,
                        bool optional, std::size_t depth) const {
  if (depth > kMaxNestedRecords || info.columns.size() > kMaxColumns) return;
  if (type.kind != Kind::record) {
    info.columns.push_back({path, type, optional});
    return;
  }
  for (const FieldInfo& field : checked_.types.records[type.index].fields) {
    const std::string inner = path.empty() ? field.name : path + "." + field.name;
    add_columns(info, field.type, inner, optional || field.optional, depth + 1);
  }
}

std::optional<Type> Names::resolve_named(NamedType& named, const std::string& name,
                                         const Place& use) {
  using State = NamedType::State;
  if (named.state == State::done) return named.type;
  if (named.state == State::broken) return std::nullopt;
  if (named.state == State::resolving) {
    sink_
        .report(Code::E0315, use, "record " + quoted(name) + " holds itself",
                "this closes the circle")
        .also(named.place.file, named.place.span, "declared here");
    return std::nullopt;
  }
  if (types_open_ >= kMaxNestedRecords) {
    sink_.report(Code::E0428, use,
                 "records are nested more than " + std::to_string(kMaxNestedRecords) + " deep");
    return std::nullopt;
  }
  named.state = State::resolving;
  ++types_open_;
  std::optional<Type> type;
  if (const auto record = named.node.as<ast::RecordDecl>()) {
    type = resolve_record(named.module, record.type(), name, false);
  } else {
    type = resolve_enum(named.module, named.node.as<ast::EnumDecl>().type(), name, false);
  }
  --types_open_;
  named.state = type ? State::done : State::broken;
  if (type) named.type = *type;
  return type;
}

std::optional<Type> Names::resolve_enum(std::size_t module, const ast::Type& type,
                                        std::string_view called, bool in_place) {
  EnumInfo info;
  info.name = called;
  info.ordered = type.ordered();
  info.in_place = in_place;
  info.place = modules_.all()[module].place(type);
  for (const ast::EnumValue& value : type.values()) {
    const std::string member = value.value();
    if (std::ranges::find(info.members, member) != info.members.end()) {
      sink_.report(Code::E0309, modules_.all()[module].place(value),
                   "value " + quoted(member) + " stands twice in one enum", "again");
      continue;
    }
    info.members.push_back(member);
  }
  auto& enums = checked_.types.enums;
  // Two enums in place with the same values are the same type, so that their facts compare.
  const auto key = std::make_pair(info.ordered, info.members);
  if (const auto known = enums_in_place_.find(key); in_place && known != enums_in_place_.end()) {
    return Type::of(Kind::enumeration, known->second);
  }
  if (enums.size() == UINT16_MAX) {
    sink_.report(Code::E0523, info.place, "too many enums");
    return std::nullopt;
  }
  if (in_place) enums_in_place_.emplace(key, static_cast<std::uint16_t>(enums.size()));
  enums.push_back(std::move(info));
  return Type::of(Kind::enumeration, static_cast<std::uint16_t>(enums.size() - 1));
}

std::optional<Type> Names::resolve_record(std::size_t module, const ast::Type& type,
                                          std::string_view called, bool in_place) {
  RecordInfo info;
  info.name = called;
  info.in_place = in_place;
  info.place = modules_.all()[module].place(type);
  bool whole = true;
  for (const ast::Field& field : type.fields()) {
    const std::string name(field.name().text());
    const Place place = modules_.all()[module].place(field.name());
    const auto twin = std::ranges::find(info.fields, name, &FieldInfo::name);
    if (twin != info.fields.end()) {
      report_twice("field " + quoted(name), place, twin->place);
      continue;
    }
    const auto inner = resolve_type(module, field.type(), name);
    whole = whole && inner;
    if (inner) info.fields.push_back({name, *inner, field.optional(), place});
  }
  if (!whole) return std::nullopt;
  auto& records = checked_.types.records;
  if (records.size() == UINT16_MAX) {
    sink_.report(Code::E0523, info.place, "too many records");
    return std::nullopt;
  }
  records.push_back(std::move(info));
  return Type::of(Kind::record, static_cast<std::uint16_t>(records.size() - 1));
}

}  // namespace dpol::compiler
