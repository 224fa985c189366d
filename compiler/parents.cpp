// What a policy has from those that it extends.
//
// Several parents are put together one after the other. What reaches the policy over two paths, being the same
// declaration, counts once. Of what two parents call alike the policy itself may settle rules, parameters
// that both have set and strategies, by saying what counts; that is why rules of one name stand beside each
// other until the policy's own changes have been made.

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "compiler/clauses.h"
#include "compiler/policies.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;

namespace {

constexpr std::size_t kShownClashes = 5;  // of two parents

bool same(const ExprPtr& a, const ExprPtr& b) {
  if (a == b || !a || !b) return a == b;
  const auto what = [](const Expr& e) {
    return std::tie(e.op, e.type, e.index, e.collection, e.track, e.aggregate, e.function, e.seconds,
                    e.hits, e.samples, e.across_stages, e.weights, e.comparison, e.pattern);
  };
  return what(*a) == what(*b) && a->constant == b->constant &&
         std::ranges::equal(a->args, b->args,
                            [](const ExprPtr& x, const ExprPtr& y) { return same(x, y); });
}

bool same(const Condition& a, const Condition& b) { return same(a.expr, b.expr); }

bool same(const CheckedAnchor& a, const CheckedAnchor& b) {
  return a.from_deployment == b.from_deployment && a.offset_seconds == b.offset_seconds &&
         same(a.time, b.time);
}

bool same(const CheckedPhase& a, const CheckedPhase& b) {
  return a.kind == b.kind && same(a.opens, b.opens) && bool(a.closes) == bool(b.closes) &&
         (!a.closes || same(*a.closes, *b.closes)) && same(a.only_if, b.only_if);
}

bool same(const CheckedStage& a, const CheckedStage& b) {
  const auto what = [](const CheckedStage& stage) {
    return std::tie(stage.name, stage.share, stage.bake_seconds, stage.at_most_seconds,
                    stage.at_most_outcome, stage.settle_seconds, stage.run);
  };
  return what(a) == what(b) && same(a.only_if, b.only_if);
}

bool same(const CheckedRollout& a, const CheckedRollout& b) {
  return same(a.only_if, b.only_if) &&
         std::ranges::equal(a.stages, b.stages,
                            [](const auto& x, const auto& y) { return same(x, y); });
}

}  // namespace

// ------------------------------------------------------------------------------------ of one parent

// Adds what one more parent has to what came from those before it.
class Policies::Inheritance {
 public:
  Inheritance(Policies& policies, Built& into, const Built& from, std::size_t parent)
      : checked_(policies.services_.checked),
        built_(into),
        policy_(into.policy),
        from_(from),
        other_(from.policy),
        parent_(parent) {}

  void run() {
    heads();
    params();
    overrides();
    phases();
    rollouts();
    strategy();
    baseline();
    rules();
    procedures();
    messages();
    waivers();
  }

 private:
  Clash& clash(Clash::Kind kind, const std::string& name, const Place& first,
               const Place& second) {
    return built_.clashes.emplace_back(Clash{kind, name, name, first, second, parent_, kNone});
  }

  void heads() {
    if (policy_.title.empty()) policy_.title = other_.title;
    if (policy_.owner.empty()) policy_.owner = other_.owner;
    policy_.extends.push_back(other_.id);
    const auto ancestor = [this](const PolicyInfo* info, CheckedParent parent) {
      if (std::ranges::find(built_.ancestors, info) != built_.ancestors.end()) return;
      built_.ancestors.push_back(info);
      policy_.parents.push_back(std::move(parent));
    };
    ancestor(from_.info, {other_.id, other_.extends, other_.title, other_.owner, other_.doc});
    for (std::size_t i = 0; i < other_.parents.size(); ++i)
      ancestor(from_.ancestors[i], other_.parents[i]);
    for (const Condition& condition : from_.applies) {
      const bool known = std::ranges::any_of(built_.applies, [&](const Condition& mine) {
        return same_place(mine.place, condition.place);
      });
      if (known) continue;
      built_.applies.push_back(condition);
      policy_.applies = both_conditions(policy_.applies, condition);
    }
    built_.present.insert(from_.present.begin(), from_.present.end());
    built_.rules_missing = built_.rules_missing || from_.rules_missing;
    built_.depth = std::max(built_.depth, from_.depth + 1);
  }

  // Of one parameter over two paths the value counts that somebody set.
  void params() {
    for (const auto& [name, index] : from_.params) {
      const auto [mine, is_new] = built_.params.emplace(name, index);
      if (!is_new && mine->second != index)
        clash(Clash::Kind::parameter, name, checked_.params[mine->second].place,
              checked_.params[index].place);
    }
    for (const PolicyParam& param : other_.params) {
      const auto mine = std::ranges::find(policy_.params, param.param, &PolicyParam::param);
      if (mine == policy_.params.end()) {
        policy_.params.push_back(param);
        continue;
      }
      const ParamInfo& info = checked_.params[param.param];
      if (same_place(param.place, mine->place) || same_place(param.place, info.place)) continue;
      if (same_place(mine->place, info.place)) {
        *mine = param;
      } else if (mine->value != param.value) {
        clash(Clash::Kind::set, info.name, mine->place, param.place).param = param.param;
      }
    }
  }

  void overrides() {
    for (const CheckedOverride& change : other_.overrides) {
      const auto mine = std::ranges::find_if(policy_.overrides, [&](const CheckedOverride& own) {
        return same_place(own.place, change.place) && own.policy == change.policy;
      });
      overrides_.push_back(static_cast<std::uint32_t>(mine - policy_.overrides.begin()));
      if (mine == policy_.overrides.end()) policy_.overrides.push_back(change);
    }
    for (const Dropped& dropped : from_.dropped) {
      const bool known = std::ranges::any_of(built_.dropped, [&](const Dropped& mine) {
        return same_place(mine.change, dropped.change);
      });
      if (!known) built_.dropped.push_back(dropped);
    }
  }

  void phases() {
    for (const CheckedPhase& phase : other_.phases) {
      const auto mine = std::ranges::find(policy_.phases, phase.name, &CheckedPhase::name);
      phases_.push_back(static_cast<std::uint32_t>(mine - policy_.phases.begin()));
      if (mine == policy_.phases.end()) {
        policy_.phases.push_back(phase);
        continue;
      }
      if (!same(*mine, phase)) clash(Clash::Kind::phase, phase.name, mine->place, phase.place);
      if (mine->title.empty()) mine->title = phase.title;
    }
  }

  void rollouts() {
    for (const CheckedRollout& rollout : other_.rollouts) {
      const auto mine = std::ranges::find(policy_.rollouts, rollout.name, &CheckedRollout::name);
      rollouts_.push_back(static_cast<std::uint32_t>(mine - policy_.rollouts.begin()));
      if (mine == policy_.rollouts.end()) {
        policy_.rollouts.push_back(rollout);
        continue;
      }
      if (mine->title.empty()) mine->title = rollout.title;
      if (!same(*mine, rollout)) {
        clash(Clash::Kind::rollout, rollout.name, mine->place, rollout.place);
        lost_rollouts_.insert(rollouts_.back());
        continue;
      }
      for (std::size_t i = 0; i < rollout.stages.size(); ++i) {
        if (mine->stages[i].title.empty()) mine->stages[i].title = rollout.stages[i].title;
      }
    }
  }

  void strategy() {
    if (other_.strategy.empty()) return;
    if (!policy_.strategy.empty()) {
      if (!same_place(policy_.strategy_place, other_.strategy_place))
        clash(Clash::Kind::strategy, "", policy_.strategy_place, other_.strategy_place);
      return;
    }
    policy_.strategy = other_.strategy;
    policy_.strategy_place = other_.strategy_place;
    for (CheckedChoice& choice : policy_.strategy) choice.rollout = rollouts_[choice.rollout];
  }

  void baseline() {
    const std::optional<Place>& where = from_.baseline ? from_.baseline : from_.inherited_baseline;
    if (!where) return;
    if (!built_.inherited_baseline) {
      built_.inherited_baseline = where;
      policy_.baseline = other_.baseline;
    } else if (policy_.baseline != other_.baseline) {
      clash(Clash::Kind::baseline, "", *built_.inherited_baseline, *where);
    }
  }

  template <class Standing>
  void move(Standing& standing) const {
    if (standing.phase != kNone) standing.phase = phases_[standing.phase];
    if (standing.rollout != kNone) standing.rollout = rollouts_[standing.rollout];
  }
  // Its stages are not those of the rollout that has its name.
  template <class Standing>
  bool is_lost(const Standing& standing) const {
    return standing.rollout != kNone && lost_rollouts_.contains(standing.rollout);
  }

  void rules() {
    std::multimap<std::string, std::size_t> paths;
    std::multimap<std::string, std::size_t> groups;
    for (std::size_t i = 0; i < policy_.rules.size(); ++i) {
      paths.emplace(policy_.rules[i].path, i);
      groups.emplace(policy_.rules[i].group, i);
    }
    const auto twin_in = [&](const auto& names, const std::string& name) {
      const auto found = names.find(name);
      return found == names.end() ? nullptr : &policy_.rules[found->second];
    };
    // Clauses of a threshold of which some are the same: the others are no twins of those.
    std::set<std::string> shared;
    std::vector<CheckedRule> added;
    for (const CheckedRule& rule : other_.rules) {
      if (join(rule, paths)) {
        shared.insert(rule.group);
        continue;
      }
      CheckedRule own = rule;
      move(own);
      if (is_lost(own)) continue;
      for (std::uint32_t& change : own.overrides) change = overrides_[change];
      added.push_back(std::move(own));
    }
    for (const CheckedRule& rule : added) {
      const CheckedRule* twin = twin_in(paths, rule.path);
      if (twin == nullptr && !shared.contains(rule.group)) {
        twin = twin_in(groups, rule.group);
        if (twin == nullptr) twin = twin_in(groups, rule.path);
        if (twin == nullptr) twin = twin_in(paths, rule.group);
      }
      if (twin != nullptr)
        clash(Clash::Kind::rule, rule.path, twin->place, rule.place).first_name = twin->path;
    }
    std::ranges::move(added, std::back_inserter(policy_.rules));
  }

  // Whether the same rule is there already; what was changed on either path was changed for it.
  bool join(const CheckedRule& rule, const std::multimap<std::string, std::size_t>& paths) {
    for (auto [at, end] = paths.equal_range(rule.path); at != end; ++at) {
      CheckedRule& mine = policy_.rules[at->second];
      if (!same_place(mine.place, rule.place)) continue;
      for (const std::uint32_t change : rule.overrides) {
        if (std::ranges::find(mine.overrides, overrides_[change]) == mine.overrides.end())
          mine.overrides.push_back(overrides_[change]);
      }
      return true;
    }
    return false;
  }

  void procedures() {
    for (const CheckedProcedure& procedure : other_.procedures) {
      const auto mine =
          std::ranges::find(policy_.procedures, procedure.path, &CheckedProcedure::path);
      if (mine == policy_.procedures.end()) policy_.procedures.push_back(procedure);
      else if (!same_place(mine->place, procedure.place))
        clash(Clash::Kind::procedure, procedure.path, mine->place, procedure.place);
    }
  }

  void messages() {
    built_.message_names.insert(from_.message_names.begin(), from_.message_names.end());
    for (const CheckedMessage& message : other_.messages) {
      const auto mine = std::ranges::find(policy_.messages, message.name, &CheckedMessage::name);
      if (mine == policy_.messages.end()) {
        CheckedMessage added = message;
        move(added);
        if (!is_lost(added)) policy_.messages.push_back(std::move(added));
      } else if (!same_place(mine->place, message.place)) {
        clash(Clash::Kind::message, message.name, mine->place, message.place);
      } else {
        // One of a file tells of those of its rules that the policy has.
        for (const std::string& rule : message.on) {
          if (std::ranges::find(mine->on, rule) == mine->on.end()) mine->on.push_back(rule);
        }
      }
    }
  }

  void waivers() {
    for (const WaiverNode& waiver : from_.waivers) {
      const bool known = std::ranges::any_of(built_.waivers, [&](const WaiverNode& mine) {
        return mine.module == waiver.module && mine.node.node() == waiver.node.node();
      });
      if (!known) built_.waivers.push_back(waiver);
    }
  }

  const Checked& checked_;
  Built& built_;
  CheckedPolicy& policy_;
  const Built& from_;
  const CheckedPolicy& other_;
  std::size_t parent_;
  // What an index of the parent is here.
  std::vector<std::uint32_t> overrides_;
  std::vector<std::uint32_t> phases_;
  std::vector<std::uint32_t> rollouts_;
  std::set<std::uint32_t> lost_rollouts_;
};

// ------------------------------------------------------------------------------------ of all

// The parent, built; null, and a message unless there was one, where it cannot be.
Policies::Built* Policies::parent_of(Built& built, const ast::Path& path, std::size_t depth) {
  const Place at = place(built, path);
  PolicyInfo* parent = services_.names.policy(built.info->module, path.segments(), at);
  if (parent == nullptr) return nullptr;
  const auto known = built_.find(parent);
  const bool circle = known != built_.end() && known->second->state == Built::State::building;
  if (circle || depth >= kMaxPolicyDepth) {
    services_.sink
        .report(Code::E0508, at,
                circle ? "policies extend each other in a circle" : "too many policies extend each other",
                circle ? "this closes the circle" : "")
        .also(parent->place.file, parent->place.span, "declared here");
    return nullptr;
  }
  Built* base = build(*parent, depth + 1);
  if (base == nullptr) return nullptr;
  base->extended = true;
  return base;
}

bool Policies::fits(const Built& base, const Place& at) {
  if (parts_ > kMaxPolicyParts) return false;  // said before
  const CheckedPolicy& inherited = base.policy;
  parts_ += inherited.rules.size() + inherited.params.size() + inherited.overrides.size() +
            inherited.phases.size() + inherited.messages.size();
  for (const CheckedProcedure& procedure : inherited.procedures)
    parts_ += 1 + procedure.steps.size();
  for (const CheckedRollout& rollout : inherited.rollouts) parts_ += rollout.stages.size();
  if (parts_ <= kMaxPolicyParts) return true;
  services_.sink.report(Code::E0523, at,
                        "all policies together inherit more than a program can hold");
  return false;
}

// Everything that the parents have, under this policy's name.
bool Policies::inherit(Built& built, std::size_t depth) {
  const ast::Policy& node = built.info->node;
  CheckedPolicy& policy = built.policy;
  const std::vector<ast::Path> parents = node.extends();
  std::vector<const PolicyInfo*> direct;
  for (std::size_t i = 0; i < parents.size(); ++i) {
    const Place at = place(built, parents[i]);
    Built* base = parent_of(built, parents[i], depth);
    if (base == nullptr || !fits(*base, at)) return false;
    if (std::ranges::find(direct, base->info) != direct.end()) {
      services_.sink.report(Code::E0524, at, quoted(base->policy.id) + " is extended twice",
                            "again");
      continue;
    }
    direct.push_back(base->info);
    Inheritance(*this, built, *base, i).run();
    if (built.depth > kMaxPolicyDepth || policy.parents.size() > kMaxParents) {
      services_.sink.report(Code::E0508, at, "too many policies extend each other");
      return false;
    }
    if (policy.rules.size() > program::kMaxRules) {
      services_.sink.report(
          Code::E0523, at,
          "more than " + std::to_string(program::kMaxRules) + " rules in one policy");
      return false;
    }
  }
  if (parents.size() > 1) {
    forget_drops(built);
    for (const PolicyParam& param : policy.params) link_set(policy, param);
  }
  policy.id = built.info->name;
  policy.place = built.info->place;
  if (node.title()) policy.title = title_of(built, node.title());
  policy.doc = node.doc();
  if (node.owner())
    policy.owner = word_of(services_, built.info->module, node.owner().expression());
  if (node.trial()) {
    policy.trial = true;
    policy.trial_until = trial_end(built, node.trial());
  }
  return true;
}

// A rule that one parent dropped and another one has is there, so nothing was dropped.
void Policies::forget_drops(Built& built) {
  CheckedPolicy& policy = built.policy;
  std::set<std::tuple<const lang::SourceFile*, std::uint32_t, std::string_view>> there;
  for (const CheckedRule& rule : policy.rules)
    there.emplace(rule.place.file, rule.place.span.begin, rule.path);
  std::erase_if(built.dropped, [&](const Dropped& dropped) {
    const bool back = std::ranges::all_of(dropped.rules, [&](const auto& rule) {
      return there.contains({rule.second.file, rule.second.span.begin, rule.first});
    });
    if (!back) return false;
    const auto change = std::ranges::find_if(policy.overrides, [&](const CheckedOverride& one) {
      return one.what == "drop" && same_place(one.place, dropped.change);
    });
    if (change == policy.overrides.end()) return true;
    const auto index = static_cast<std::uint32_t>(change - policy.overrides.begin());
    policy.overrides.erase(change);
    for (CheckedRule& rule : policy.rules) {
      for (std::uint32_t& other : rule.overrides) {
        if (other > index) --other;
      }
    }
    return true;
  });
}

// What one parent set another one's rules may read.
void Policies::link_set(CheckedPolicy& policy, const PolicyParam& param) {
  const auto change = std::ranges::find_if(policy.overrides, [&](const CheckedOverride& one) {
    return one.what == "set" && same_place(one.place, param.place);
  });
  if (change != policy.overrides.end())
    link_param(policy, param.param, static_cast<std::uint32_t>(change - policy.overrides.begin()));
}

// ------------------------------------------------------------------------------------ clashes

namespace {

std::string sentence(const Clash& clash) {
  const std::string name = quoted(clash.name);
  switch (clash.kind) {
    case Clash::Kind::rule:
      return "rule " + name + " is in two parents";
    case Clash::Kind::parameter:
      return "parameter " + name + " is declared by two parents";
    case Clash::Kind::set:
      return "parameter " + name + " is set by two parents, and not alike";
    case Clash::Kind::phase:
      return "phase " + name + " is not the same in two parents";
    case Clash::Kind::rollout:
      return "rollout " + name + " is not the same in two parents";
    case Clash::Kind::strategy:
      return "two parents have a strategy";
    case Clash::Kind::baseline:
      return "two parents mean different baselines";
    case Clash::Kind::procedure:
      return "procedure " + name + " is in two parents";
    case Clash::Kind::message:
      return "message " + name + " is in two parents";
  }
  return "";
}

std::string way_out(const Clash& clash) {
  switch (clash.kind) {
    case Clash::Kind::rule:
      return "say which counts: `replace " + clash.name + " because \"…\" item …`, or `drop " +
             clash.name + " because \"…\"`";
    case Clash::Kind::phase:
    case Clash::Kind::rollout:
      return "say the same in both, or give one of them another name";
    case Clash::Kind::set:
      return "say which counts: `set " + clash.name + " = …`";
    case Clash::Kind::strategy:
      return "say when each rollout is used: `strategy { use … when … }`";
    case Clash::Kind::baseline:
      return "say which is meant: `baseline NAME`";
    default:
      return "give one of them another name";
  }
}

}  // namespace

// What the policy itself did not settle, once for each parent that brings it.
void Policies::say_clashes(Built& built) {
  const std::vector<ast::Path> parents = built.info->node.extends();
  std::erase_if(built.clashes, [&](const Clash& clash) { return is_settled(built, clash); });
  for (std::size_t i = 0; i < parents.size(); ++i) {
    std::vector<const Clash*> of_this;
    for (const Clash& clash : built.clashes) {
      if (clash.parent == i) of_this.push_back(&clash);
    }
    if (of_this.empty()) continue;
    const std::size_t more = of_this.size() - 1;
    auto& diagnostic = services_.sink.report(
        Code::E0524, place(built, parents[i]),
        sentence(*of_this.front()) +
            (more > 0 ? ", and they clash " + std::to_string(more) + (more > 1 ? " times" : " time") +
                            " more"
                      : ""),
        "the second of them");
    for (std::size_t k = 0; k < of_this.size() && k < kShownClashes; ++k) {
      const Clash& clash = *of_this[k];
      const std::string what = !clash.name.empty()                      ? quoted(clash.name)
                               : clash.kind == Clash::Kind::baseline ? "the baseline"
                                                                     : "the strategy";
      diagnostic.also(clash.first.file, clash.first.span, what + " of the one");
      diagnostic.also(clash.second.file, clash.second.span, what + " of the other");
    }
    diagnostic.suggest(way_out(*of_this.front()));
  }
}

bool Policies::is_settled(Built& built, const Clash& clash) {
  const auto has_rule = [&](const std::string& path, const Place& at) {
    return std::ranges::any_of(built.policy.rules, [&](const CheckedRule& rule) {
      return rule.path == path && same_place(rule.place, at);
    });
  };
  const auto says = [&]<class Statement>() {
    return std::ranges::any_of(built.info->node.statements(), [](const ast::Statement& own) {
      return bool(own.as<Statement>());
    });
  };
  switch (clash.kind) {
    case Clash::Kind::rule:
      return !has_rule(clash.first_name, clash.first) || !has_rule(clash.name, clash.second);
    case Clash::Kind::set:
      return built.set_here.contains(clash.param);
    case Clash::Kind::strategy:
      return says.template operator()<ast::Strategy>();
    case Clash::Kind::baseline:
      return says.template operator()<ast::UseBaseline>();
    default:
      return false;
  }
}

}  // namespace dpol::compiler
