// Names: what the declarations of all modules call things, and the types they give them.
//
// Facts, metrics, units, enumerations, records and roles belong to the release that is judged, so
// there is one of each name in a compilation, whichever file declares it: modules that declare a
// fact or a metric alike share it, modules that declare it differently clash. Functions and
// policies belong to their module and are named `module.name` from outside where the name alone is
// not enough.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/checked.h"
#include "compiler/modules.h"
#include "compiler/sink.h"
#include "lang/ast.h"
#include "runtime/program/quantity.h"

namespace dpol::compiler {

struct FnInfo {
  std::string name;
  std::size_t module = 0;
  lang::ast::Fn node;
  // Filled when it is first called:
  enum class State : std::uint8_t { fresh, checking, done, broken };
  State state = State::fresh;
  std::vector<Type> params;
  std::vector<std::string> param_names;
  ExprPtr body;  // parameters are `element` nodes, see kFnParameter
  Place place;
};
struct PolicyInfo {
  std::string name;
  std::size_t module = 0;
  lang::ast::Policy node;
  Place place;
};

class Names final : public program::UnitLookup {
 public:
  Names(Modules& modules, Checked& checked, Sink& sink)
      : modules_(modules), checked_(checked), sink_(sink) {}

  // Reads units, types, roles, facts, metrics (all but their conditions), functions and policies.
  void declare_all();

  // ---- look-up ----
  std::optional<std::uint32_t> fact(std::string_view path) const;
  // The fact that tells whether a message was sent: `sent.NAME`, declared where it is first asked for.
  std::optional<std::uint32_t> sent_fact(const std::string& message, const Place& declared);
  // Whether facts begin with `path.`: "tests" where there is tests.failed.
  bool is_fact_group(std::string_view path) const;
  std::optional<std::uint32_t> metric(std::string_view name) const;
  // Names whose declaration is wrong: what is wrong with them has been said, and is not said again
  // where they are used.
  bool is_broken(std::string_view name) const { return facts_full_ || broken_.contains(name); }
  void set_broken(std::string name) { broken_.insert(std::move(name)); }
  std::optional<std::uint16_t> enumeration(std::string_view name) const;
  bool has_role(std::string_view name) const { return roles_.contains(std::string(name)); }
  const std::map<std::string, Place>& roles() const { return roles_; }
  // Their members; after the facts.
  const RoleInfo* role(std::string_view name) const;
  std::optional<std::size_t> find_unit(std::string_view name) const override;

  // `name` or `module.name` as seen from `module`; reports what is wrong.
  FnInfo* function(std::size_t module, const std::vector<lang::ast::Segment>& path,
                   const Place& place);
  PolicyInfo* policy(std::size_t module, const std::vector<lang::ast::Segment>& path,
                     const Place& place);
  std::vector<PolicyInfo>& policies() { return policies_; }
  std::vector<FnInfo>& functions() { return functions_; }
  bool has_function(std::string_view name) const;

  // The type that is written there; nothing, and a message, where it is none. `called` names an
  // enumeration or record that is declared in place.
  std::optional<Type> resolve_type(std::size_t module, const lang::ast::Type& type,
                                   std::string_view called);
  // The collection of such elements; nothing where there are too many.
  std::optional<std::uint16_t> collection(const Type& element, bool keyed);

  std::string type_text(const Type& type) const;
  std::vector<std::string> fact_paths() const;
  std::vector<std::string> metric_names() const;
  // All declarations of each metric, in the order of Checked::metrics.
  struct MetricDeclaration {
    std::size_t module = 0;
    lang::ast::Metric node;
  };
  const std::vector<std::vector<MetricDeclaration>>& metric_declarations() const {
    return metric_declarations_;
  }

 private:
  struct NamedType {
    enum class State : std::uint8_t { waiting, resolving, done, broken } state = State::waiting;
    std::size_t module = 0;
    lang::ast::View node;  // EnumDecl or RecordDecl
    Type type;
    Place place;
  };

  template <class V, class F>
  void each(F&& declare);
  void declare_unit(std::size_t module, const lang::ast::UnitDecl& unit);
  void declare_type(std::size_t module, const lang::ast::View& node, const lang::ast::Name& name);
  void resolve_types();
  void declare_facts(std::size_t module, const lang::ast::Facts& facts);
  void declare_source(std::size_t module, const lang::ast::Source& source);
  // `at`: where the source is that brings it.
  void declare_fact_field(std::size_t module, const lang::ast::Field& field, std::string path,
                          bool optional, const Place* at = nullptr);
  void declare_record_facts(const Type& record, const std::string& path, bool optional,
                            const Place& place, bool from_source, std::size_t depth);
  bool facts_are_full(const Place& place);
  // One that a source brings may be declared besides, as the same.
  void add_fact(FactInfo fact, bool from_source = false);
  void check_fact_groups();
  void declare_metric(std::size_t module, const lang::ast::Metric& metric);
  void declare_function(std::size_t module, const lang::ast::Fn& fn);
  void declare_policy(std::size_t module, const lang::ast::Policy& policy);
  void declare_role(std::size_t module, const lang::ast::Role& role);
  void add_members(std::size_t module, const lang::ast::Role& role);
  void list_members(std::size_t module, const lang::ast::ListExpr& list, RoleInfo& info);
  void report_twice(const std::string& what, const Place& second, const Place& first);

  std::optional<Type> resolve_name(std::size_t module, const lang::ast::Type& type);
  std::optional<Type> unknown_type(const Place& place, const std::string& name);
  std::optional<Type> resolve_unit(std::size_t module, const lang::ast::Type& type);
  std::optional<Type> resolve_collection(std::size_t module, const lang::ast::Type& type,
                                         std::string_view called);
  std::optional<Type> resolve_named(NamedType& named, const std::string& name, const Place& use);
  std::optional<Type> resolve_enum(std::size_t module, const lang::ast::Type& type,
                                   std::string_view called, bool in_place);
  std::optional<Type> resolve_record(std::size_t module, const lang::ast::Type& type,
                                     std::string_view called, bool in_place);
  std::optional<program::Dimension> unit_dimension(std::string_view name) const;
  void add_columns(CollectionInfo& collection, const Type& type, const std::string& path,
                   bool optional, std::size_t depth) const;
  template <class Info>
  Info* find_of_module(std::vector<Info>& infos,
                       const std::map<std::string, std::vector<std::size_t>>& by_name,
                       std::size_t module, const std::vector<lang::ast::Segment>& path,
                       const Place& place, lang::DiagnosticCode unknown, std::string_view what);
  bool qualifies(std::size_t from, std::string_view qualifier, std::size_t target) const;

  Modules& modules_;
  Checked& checked_;
  Sink& sink_;
  std::set<std::string, std::less<>> broken_;
  std::map<std::pair<bool, std::vector<std::string>>, std::uint16_t> enums_in_place_;
  bool facts_full_ = false;
  std::size_t types_open_ = 0;  // being resolved, one inside the other
  std::map<std::string, Place> units_;
  std::map<std::string, NamedType> types_;
  std::map<std::string, std::uint32_t, std::less<>> facts_;
  std::map<std::string, Place, std::less<>> fact_groups_;
  std::map<std::string, std::uint32_t, std::less<>> metrics_;
  std::vector<std::vector<MetricDeclaration>> metric_declarations_;
  std::map<std::string, Place> roles_;
  std::vector<FnInfo> functions_;
  std::map<std::string, std::vector<std::size_t>> functions_by_name_;
  std::vector<PolicyInfo> policies_;
  std::map<std::string, std::vector<std::size_t>> policies_by_name_;
};

// The name of a declaration and of a fact: which words a policy may not give to both.
bool is_builtin_function(std::string_view name);
bool is_builtin_type(std::string_view name);

// `a.b.c`, or what of it begins at part `from`.
std::string joined(const std::vector<lang::ast::Segment>& path, std::size_t from = 0);
std::vector<std::string> builtin_function_names();

}  // namespace dpol::compiler
