// Messages: what people are told, by what channel and when.

#include <algorithm>
#include <utility>

#include "compiler/clauses.h"
#include "compiler/policies.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;
using lang::NodeKind;

namespace {

// One message, all but the rules that it is about.
class MessageCheck {
 public:
  MessageCheck(Services& services, ExprScope scope, const ast::Message& node)
      : services_(services), scope_(std::move(scope)), node_(node) {}

  std::optional<CheckedMessage> run() {
    message_.name = std::string(node_.name().text());
    message_.place = place(node_.name());
    const bool complete = is_complete();
    sound_ = only_if_of(services_, scope_, node_, scope_.present, message_.only_if) && sound_;
    text();
    recipients();
    channels();
    time();
    message_.doc = node_.doc();
    describe(services_, scope_.module, node_, message_);
    return complete && sound_ ? std::optional(std::move(message_)) : std::nullopt;
  }

 private:
  Place place(const ast::View& view) const {
    return services_.modules.all()[scope_.module].place(view);
  }
  lang::Diagnostic& report(Code code, const ast::View& view, std::string what,
                           std::string label = {}) {
    sound_ = false;
    return services_.sink.report(code, place(view), std::move(what), std::move(label));
  }

  // Whoever sends it needs all four.
  bool is_complete() {
    std::string lacks;
    std::vector<std::string> help;
    const auto needs = [&](bool there, const char* what, const char* how) {
      if (there) return;
      lacks.append(lacks.empty() ? "" : ", ").append(what);
      help.emplace_back(how);
    };
    needs(bool(node_.title()), "what", "the text: `\"Deploying ${version}\"`");
    needs(!node_.recipients().empty(), "to whom", "roles or addresses: `to release_manager`");
    needs(!node_.channels().empty(), "by what channel", "`via \"slack:#deployments\"`");
    const bool timed = node_.at() || node_.every() || node_.within() || !node_.on().empty();
    needs(timed, "when", "`at T-48h..T-24h`, `every 15m while …`, `on RULE` or `within 48h of …`");
    if (lacks.empty()) return true;
    auto& diagnostic = report(Code::E0710, node_.name(),
                              "message " + quoted(message_.name) + " does not say " + lacks);
    for (std::string& text : help) diagnostic.suggest(std::move(text));
    return false;
  }

  void text() {
    if (!node_.title()) return;
    for (const lang::StringPart& part : node_.title().parts()) {
      if (!part.hole) {
        message_.text.push_back({part.text, {}});
        continue;
      }
      Condition hole = ExprCheck(services_, scope_).hole_of(node_.title(), part);
      sound_ = sound_ && hole;
      message_.text.push_back({part.text, std::move(hole)});
    }
  }

  void recipients() {
    for (const ast::Expr& expr : node_.recipients()) {
      if (expr.has_error()) continue;
      CheckedRecipient recipient;
      if (const auto literal = expr.as<ast::LiteralExpr>()) {
        recipient.name = plain_string(services_, scope_.module, literal);
        if (has_holes(literal)) continue;
      } else {
        recipient.name = expr.as<ast::PathExpr>().joined();
        recipient.is_role = true;
        const bool known = known_role(services_, recipient.name, place(expr),
                                      "; an address stands in quotes");
        sound_ = sound_ && known;
        if (!known) continue;
      }
      const bool again = std::ranges::any_of(message_.recipients, [&](const CheckedRecipient& other) {
        return other.name == recipient.name && other.is_role == recipient.is_role;
      });
      if (!is_address(recipient.name, "a recipient", expr, again)) continue;
      message_.recipients.push_back(std::move(recipient));
    }
  }

  void channels() {
    for (const ast::LiteralExpr& literal : node_.channels()) {
      if (literal.has_error()) continue;
      std::string channel = plain_string(services_, scope_.module, literal);
      if (has_holes(literal)) continue;
      const bool again = std::ranges::find(message_.channels, channel) != message_.channels.end();
      if (is_address(channel, "a channel", literal, again))
        message_.channels.push_back(std::move(channel));
    }
  }

  // Which has been said.
  bool has_holes(const ast::LiteralExpr& literal) {
    const bool holes = !literal.plain_text();
    sound_ = sound_ && !holes;
    return holes;
  }

  bool is_address(const std::string& text, const char* what, const ast::View& at, bool again) {
    const bool blank = text.find_first_not_of(" \t\n") == std::string::npos;
    if (!blank && !again) return true;
    report(Code::E0715, at,
           blank ? std::string(what) + " is empty"
                 : std::string(what) + " is named twice: " + quoted(text),
           blank ? "" : "again");
    return false;
  }

  // ---- when ----

  void time() {
    if (node_.at() && node_.within()) {
      report(Code::E0712, node_.within(), "a message goes out `at` a time or `within` one, not both",
             "says it again");
      return;
    }
    if (node_.at()) at();
    if (node_.within()) within();
    if (node_.every()) every();
  }

  void at() {
    if (node_.at().has_error()) return;
    const auto range = node_.at().as<ast::RangeExpr>();
    message_.opens = moment(range ? range.low() : node_.at());
    if (range) message_.closes = moment(range.high());
    const auto& opens = message_.opens;
    const auto& closes = message_.closes;
    sound_ = sound_ && opens && (!range || closes);
    if (!opens || !closes || !opens->from_deployment || !closes->from_deployment) return;
    if (opens->offset_seconds < closes->offset_seconds) return;
    report(Code::E0712, range.high(), "the time for this message is over before it begins",
           "begins at " + opens->text);
  }

  void within() {
    message_.within_seconds = span(node_.within().duration(), "the time in which a message goes out");
    message_.opens = moment(node_.within().after());
    sound_ = sound_ && message_.opens;
  }

  void every() {
    message_.every_seconds = span(node_.every().interval(), "the time from message to message");
    const ast::Expr condition = node_.every().condition();
    if (!condition) return;
    message_.while_true =
        ExprCheck(services_, scope_).condition(condition, ConditionUse::clause);
    sound_ = sound_ && message_.while_true;
  }

  Decimal span(const ast::Expr& expr, std::string_view what) {
    if (!expr || expr.has_error()) return {};
    ExprScope scope = scope_;
    scope.present.clear();
    const auto value = ExprCheck(services_, std::move(scope)).constant(expr, Type::duration(), what);
    sound_ = sound_ && value;
    if (!value) return {};
    if (value->number.sign() > 0) return value->number;
    report(Code::E0712, expr, std::string(what) + " must be longer than nothing");
    return {};
  }

  std::optional<CheckedAnchor> moment(const ast::Expr& expr) {
    return anchor_of(services_, scope_, expr, "when a message is sent cannot depend on metrics",
                     "when a message is sent");
  }

  Services& services_;
  ExprScope scope_;
  const ast::Message& node_;
  CheckedMessage message_;
  bool sound_ = true;
};

// Every message in a policy, however deep.
template <class Visit>
void each_message(const std::vector<ast::Statement>& statements, const Visit& visit) {
  for (const ast::Statement& statement : statements) {
    switch (statement.kind()) {
      case NodeKind::Message:
        visit(statement.as<ast::Message>());
        break;
      case NodeKind::Phase:
        each_message(statement.as<ast::Phase>().statements(), visit);
        break;
      case NodeKind::Rollout:
        each_message(statement.as<ast::Rollout>().statements(), visit);
        break;
      case NodeKind::Stage:
        each_message(statement.as<ast::Stage>().statements(), visit);
        break;
      case NodeKind::Stages:
        each_message(statement.as<ast::Stages>().statements(), visit);
        break;
      case NodeKind::FromStage:
        each_message(statement.as<ast::FromStage>().statements(), visit);
        break;
      case NodeKind::Step:
        each_message(statement.as<ast::Step>().statements(), visit);
        break;
      default:
        break;
    }
  }
}

lang::Diagnostic& message_twice(Sink& sink, const std::string& name, const Place& at,
                                const Place& first) {
  auto& diagnostic =
      sink.report(Code::E0711, at, "there already is a message " + quoted(name), "again");
  diagnostic.also(first.file, first.span, "the first one");
  return diagnostic;
}

}  // namespace

// ------------------------------------------------------------------------------------ of files

// They are the same for every policy but for the rules that they are about.
void Policies::check_messages_of_files() {
  for (std::size_t i = 0; i < services_.modules.all().size(); ++i) {
    const Module& module = services_.modules.all()[i];
    for (const auto& declaration : ast::File(*module.syntax).declarations()) {
      const auto node = declaration.as<ast::Message>();
      if (!node || node.has_error()) continue;
      const auto [known, is_new] =
          file_message_names_.emplace(std::string(node.name().text()), module.place(node.name()));
      if (!is_new) {
        message_twice(services_.sink, known->first, module.place(node.name()), known->second);
        continue;
      }
      file_messages_.push_back({i, node, std::nullopt, std::vector<bool>(node.on().size())});
    }
  }
  for (FileMessage& message : file_messages_) {
    ExprScope scope;
    scope.module = message.module;
    scope.messages = &file_message_names_;
    message.checked = MessageCheck(services_, std::move(scope), message.node).run();
  }
}

void Policies::add_message_of_file(Built& built, FileMessage& message) {
  if (!message.checked) return;
  std::vector<CheckedMessage>& all = built.policy.messages;
  const auto inherited = std::ranges::find_if(all, [&](const CheckedMessage& other) {
    return same_place(other.place, message.checked->place);
  });
  CheckedMessage own = *message.checked;
  const std::vector<ast::Path> told = message.node.on();
  for (std::size_t i = 0; i < told.size(); ++i) {
    const std::string name = told[i].joined();
    const std::vector<std::size_t> rules = find_rules(built.policy, name);
    if (rules.empty()) continue;
    message.found[i] = true;
    const Place at = services_.modules.all()[message.module].place(told[i]);
    if (is_one_rule(built.policy, rules, at, name))
      own.on.push_back(built.policy.rules[rules.front()].group);
  }
  if (inherited != all.end()) {
    if (!own.on.empty()) inherited->on = std::move(own.on);
    return;
  }
  if (!told.empty() && own.on.empty()) return;
  if (may_have_more(own) && is_new_message(built, own)) all.push_back(std::move(own));
}

void Policies::say_messages_about_nothing() {
  for (const FileMessage& message : file_messages_) {
    const std::vector<ast::Path> told = message.node.on();
    for (std::size_t i = 0; i < told.size(); ++i) {
      if (message.found[i]) continue;
      const std::string name = told[i].joined();
      const Place at = services_.modules.all()[message.module].place(told[i]);
      bool whole = true;
      std::vector<std::string> names;
      for (const auto& [info, built] : built_) {
        whole = whole && built->state == Built::State::done && !built->rules_missing;
        add_rule_names(built->policy, true, names);
      }
      if (!whole) continue;
      std::ranges::sort(names);
      auto& diagnostic =
          services_.sink.report(Code::E0713, at, "no policy has a rule " + quoted(name));
      suggest_nearest(diagnostic, at, name, names);
    }
  }
}

// ------------------------------------------------------------------------------------ of policies

// Before anything else is read, so that conditions may ask for messages that stand behind them.
void Policies::add_names_of_messages(Built& built, const std::vector<ast::Statement>& statements) {
  for (const auto& [name, at] : file_message_names_) built.message_names.emplace(name, at);
  each_message(statements, [&](const ast::Message& node) {
    built.message_names.emplace(std::string(node.name().text()), place(built, node.name()));
  });
}

// Once all rules are there, which messages may be about.
void Policies::add_messages(Built& built) {
  for (const MessageNode& message : built.own_messages) add_message(built, message);
  for (FileMessage& message : file_messages_) add_message_of_file(built, message);
}

void Policies::add_message(Built& built, const MessageNode& message) {
  const Spot& spot = message.spot;
  std::optional<CheckedMessage> own =
      MessageCheck(services_, scope_of(built, spot.present), message.node).run();
  std::vector<std::string> on = rules_told(built, message.node);
  if (!own || on.size() < message.node.on().size()) return;
  own->on = std::move(on);
  own->scope = spot.scope;
  own->phase = spot.phase;
  own->rollout = spot.rollout;
  own->first_stage = spot.first_stage;
  own->last_stage = spot.last_stage;
  if (own->owner.empty()) own->owner = spot.owner;
  if (spot.only_if) own->only_if = both_conditions(spot.only_if, own->only_if);
  if (may_have_more(*own) && is_new_message(built, *own))
    built.policy.messages.push_back(*std::move(own));
}

bool Policies::may_have_more(const CheckedMessage& message) {
  if (++parts_ <= kMaxPolicyParts) return true;
  services_.sink.report(Code::E0523, message.place,
                        "all policies together have more messages than a program can hold");
  return false;
}

bool Policies::is_new_message(Built& built, const CheckedMessage& message) {
  const auto& all = built.policy.messages;
  const auto twin = std::ranges::find(all, message.name, &CheckedMessage::name);
  if (twin == all.end()) return true;
  // What is said where both are seen: the later of them, or the one in the policy itself.
  message_twice(services_.sink, message.name, message.place, twin->place)
      .suggest("give one of them another name");
  return false;
}

// The groups of the rules that a message is about; fewer than it names where one is not found.
std::vector<std::string> Policies::rules_told(Built& built, const ast::Message& node) {
  std::vector<std::string> groups;
  for (const ast::Path& path : node.on()) {
    const std::string name = path.joined();
    const Place at = place(built, path);
    const std::vector<std::size_t> rules = find_rules(built.policy, name);
    if (!rules.empty()) {
      if (is_one_rule(built.policy, rules, at, name))
        groups.push_back(built.policy.rules[rules.front()].group);
      continue;
    }
    if (built.rules_missing) continue;
    std::vector<std::string> names;
    add_rule_names(built.policy, false, names);
    auto& diagnostic =
        services_.sink.report(Code::E0713, at, "this policy has no rule " + quoted(name));
    suggest_nearest(diagnostic, at, name, names);
  }
  return groups;
}

}  // namespace dpol::compiler
