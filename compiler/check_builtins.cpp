// Functions of the language: their arguments by signature, what is computed from lists, and texts
// with holes.

#include <algorithm>
#include <array>
#include <utility>

#include "compiler/builtins.h"
#include "compiler/check_expr.h"
#include "runtime/program/version_range.h"
#include "runtime/program/zone.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using ast::ExprKind;
using Code = lang::DiagnosticCode;
using program::Aggregate;
using program::Function;

namespace {

constexpr Type kText = Type::of(Kind::string);

constexpr auto kSignatures = std::to_array<std::string_view>({
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) signature,
#include "runtime/program/functions.def"
});
constexpr auto kNames = std::to_array<std::string_view>({
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) #name,
#include "runtime/program/functions.def"
});

bool has_text(const Type& type) {
  return type.kind != Kind::list && type.kind != Kind::map && type.kind != Kind::record;
}

// Equal where the bits are, and in an order that its values have.
bool is_plain_element(const Type& type) { return has_text(type) && type.kind != Kind::semver; }

ExprPtr with_span(const ExprPtr& expr, TextSpan span) {
  Expr copy = *expr;
  copy.text_begin = span.begin;
  copy.text_length = span.length;
  return std::make_shared<const Expr>(std::move(copy));
}

}  // namespace

// "(x n, y n) n" as names and types.
Signature signature_of(Function function) {
  const std::string_view text = kSignatures[static_cast<std::size_t>(function)];
  Signature signature;
  const std::size_t close = text.find(')');
  signature.result = text.substr(close + 2);
  std::string_view params = text.substr(1, close - 1);
  while (!params.empty()) {
    const std::size_t comma = params.find(',');
    const std::string_view param = params.substr(0, comma);
    const std::size_t space = param.find(' ');
    signature.names.emplace_back(param.substr(0, space));
    signature.types.emplace_back(param.substr(space + 1));
    params = comma == std::string_view::npos ? std::string_view{} : params.substr(comma + 2);
  }
  return signature;
}

bool is_weekday(std::string_view text) {
  return std::ranges::find(kWeekdays, text) != kWeekdays.end();
}

// ------------------------------------------------------------------------------------ functions

ExprPtr ExprCheck::builtin(const View& e, Function function) {
  const Signature signature = signature_of(function);
  const std::string name(kNames[static_cast<std::size_t>(function)]);
  const auto views = arguments(e, signature.names);
  if (!views) return nullptr;
  std::vector<ExprPtr> args;
  bool whole = true;
  for (std::size_t i = 0; i < views->size(); ++i) {
    args.push_back(builtin_argument((*views)[i], signature.types[i], name));
    whole = whole && args.back();
  }
  if (!whole || !unify_numbers(*views, signature, args, name)) return nullptr;
  Expr expr;
  expr.op = ExprOp::call;
  expr.function = function;
  if (signature.result == "list of string") {
    const auto collection = services_.names.collection(kText, false);
    if (!collection) return nullptr;
    expr.collection = *collection;
    expr.type = Type::of(Kind::list, *collection);
  } else {
    expr.type = builtin_result(signature.result, *args[0]);
  }
  expr.args = std::move(args);
  return make(e, std::move(expr));
}

Type ExprCheck::builtin_result(std::string_view result, const Expr& first) {
  if (result == "int") return kInteger;
  if (result == "float") return kNumber;
  if (result == "bool") return kBoolean;
  if (result == "string") return kText;
  if (result == "time") return Type::of(Kind::time);
  if (result == "duration") return Type::duration();
  return first.type;  // n, list, plain list
}

ExprPtr ExprCheck::builtin_argument(const View& view, std::string_view type,
                                    const std::string& name) {
  if (type == "pattern" || type == "range" || type == "zone")
    return written_argument(view, type, name);
  const std::string what = "what " + quoted(name) + " takes";
  const auto coerced = [&](const Type& want) -> ExprPtr {
    const ExprPtr arg = check(view, want);
    return arg ? coerce(view, arg, want, what) : nullptr;
  };
  if (type == "float") return coerced(kNumber);
  if (type == "int") return coerced(kInteger);
  if (type == "string") return coerced(kText);
  if (type == "time") return coerced(Type::of(Kind::time));
  if (type == "semver") return coerced(Type::of(Kind::semver));
  const ExprPtr arg = check(view);
  if (!arg) return nullptr;
  if (type == "n" || type == "any") {
    const bool fits = type == "any" ? has_text(arg->type)
                                    : arg->type.is_numeric() && arg->type.kind != Kind::time;
    if (fits) return arg;
    report(Code::E0415, view,
           quoted(name) + (type == "n" ? " takes numbers" : " takes a value that has a text") +
               ", and this is " + type_text(arg->type),
           type_text(arg->type));
    return nullptr;
  }
  return list_argument(view, type, name, arg);
}

ExprPtr ExprCheck::list_argument(const View& view, std::string_view type, const std::string& name,
                                 const ExprPtr& arg) {
  const bool wants_map = type == "map";
  if (arg->type.kind != (wants_map ? Kind::map : Kind::list)) {
    report(Code::E0416, view,
           quoted(name) + " takes a " + (wants_map ? "map" : "list") + ", and this is " +
               type_text(arg->type),
           type_text(arg->type));
    return nullptr;
  }
  const Type element = services_.checked.types.collections[arg->type.index].element;
  const bool fits = type == "list of string" ? element.kind == Kind::string
                    : type == "plain list"   ? is_plain_element(element)
                                             : true;
  if (fits) return arg;
  report(Code::E0416, view,
         quoted(name) + " takes a list of " +
             (type == "plain list" ? "numbers, truths, texts or enum values" : "texts") +
             ", and the rows of this one are " + type_text(element),
         type_text(arg->type));
  return nullptr;
}

// What is read once, when the program is loaded, and so cannot depend on an input.
ExprPtr ExprCheck::written_argument(const View& view, std::string_view type,
                                    const std::string& name) {
  Expr constant;
  constant.type = kText;
  if (type == "pattern") {
    auto pattern = written_pattern(view, "here");
    if (!pattern) return nullptr;
    constant.constant.text = *std::move(pattern);
    return make(view, std::move(constant));
  }
  const auto literal = view.as<ast::LiteralExpr>();
  const auto text = literal && literal.is_string() ? literal.plain_text() : std::nullopt;
  const bool is_zone = type == "zone";
  if (!text) {
    if (view.has_error()) return nullptr;
    report(Code::E0451, view,
           std::string("the ") + (is_zone ? "time zone" : "range") + " of " + quoted(name) +
               " is written out, not computed",
           "no quoted text")
        .suggest(is_zone ? "such as `\"Europe/Berlin\"`, `\"UTC\"` or `\"+02:00\"`"
                         : "such as `\"^1.2 || >=2.0.0\"`");
    return nullptr;
  }
  program::VersionRange range;
  program::TextError error;
  if (is_zone && !program::Zone::find(*text)) {
    auto& diagnostic = report(Code::E0452, view, "there is no time zone " + quoted(*text));
    std::vector<std::string> names;
    for (const std::string& zone : program::Zone::names()) names.push_back("\"" + zone + "\"");
    suggest_nearest(diagnostic, place(view), "\"" + *text + "\"", names);
    if (diagnostic.help.empty()) {
      diagnostic.suggest("name a place, `\"UTC\"`, or an offset such as `\"+02:00\"`");
    }
    return nullptr;
  }
  if (!is_zone && !program::VersionRange::parse(*text, range, error)) {
    report(Code::E0453, view,
           "this is no range of versions: " + std::string(error.expected) +
               " should stand at character " + std::to_string(error.offset + 1));
    return nullptr;
  }
  constant.constant.text = *text;
  return make(view, std::move(constant));
}

// All arguments of type `n` to one unit.
bool ExprCheck::unify_numbers(const std::vector<View>& views, const Signature& signature,
                              std::vector<ExprPtr>& args, const std::string& name) {
  // Twice: a bare number in front takes on the unit of a later one.
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 1; i < args.size(); ++i) {
      if (signature.types[i] != "n") continue;
      if (unify(args[0], args[i]) && (round == 0 || args[0]->type == args[i]->type)) continue;
      report(Code::E0401, views[i],
             quoted(name) + " takes numbers of one unit, and these are " +
                 type_text(args[0]->type) + " and " + type_text(args[i]->type),
             type_text(args[i]->type));
      return false;
    }
  }
  return true;
}

// How long ago a moment was.
ExprPtr ExprCheck::age(const View& e) {
  const auto views = arguments(e, {"t"});
  if (!views) return nullptr;
  const Type time = Type::of(Kind::time);
  static const Meaning kMade = {{"made_at"}, "when it was made"};
  if ((*views)[0].as<ast::PathExpr>()) meaning_ = &kMade;
  const ExprPtr moment = check((*views)[0], time);
  meaning_ = nullptr;
  const ExprPtr fitting =
      moment ? coerce((*views)[0], moment, time, "what `age` is counted from") : nullptr;
  if (!fitting) return nullptr;
  const ExprPtr now = node(e, ExprOp::now, time, {});
  if (!now) return nullptr;
  return node(e, ExprOp::subtract, Type::duration(), {with_span(now, {}), fitting});
}

// What a source is about. Unknown, as `age` is, where the document does not say it.
ExprPtr ExprCheck::subject(const View& e) {
  const auto views = arguments(e, {"source"});
  if (!views) return nullptr;
  const View& argument = (*views)[0];
  const auto path = argument.as<ast::PathExpr>();
  if (!path || !services_.names.is_fact_group(path.joined())) {
    if (!argument.has_error()) {
      report(Code::E0414, argument, "`subject` takes the name of a source or of another group of facts", "no such name")
          .suggest("`subject(scan)`, where there is a `source scan …`");
    }
    return nullptr;
  }
  static const Meaning kSubject = {{"subject", "commit"}, "what it is about"};
  meaning_ = &kSubject;
  ExprPtr value = check(argument);
  meaning_ = nullptr;
  return value;
}

// Whether a message was sent is a fact that the state knows.
ExprPtr ExprCheck::sent(const View& e) {
  const auto views = arguments(e, {"message"});
  if (!views) return nullptr;
  const View& argument = (*views)[0];
  const auto path = argument.as<ast::PathExpr>();
  if (!path || path.segments().size() != 1) {
    if (!argument.has_error()) {
      report(Code::E0714, argument, "`sent` takes the name of a message", "no name")
          .suggest("`sent(NAME)`, where there is a `message NAME`");
    }
    return nullptr;
  }
  const std::string name = path.joined();
  if (scope_.messages == nullptr) {
    report(Code::E0714, argument, "messages belong to policies: only their conditions can ask for them",
           "of which policy?");
    return nullptr;
  }
  const auto declared = scope_.messages->find(name);
  if (declared == scope_.messages->end()) {
    std::vector<std::string> names;
    for (const auto& [known, at] : *scope_.messages) names.push_back(known);
    auto& diagnostic = report(Code::E0714, argument, "there is no message " + quoted(name));
    suggest_nearest(diagnostic, place(argument), name, names);
    if (diagnostic.help.empty())
      diagnostic.suggest(names.empty() ? "declare it: `message " + name + " \"…\" to … via … at …`"
                                       : "there are " + list_of(names, 10));
    return nullptr;
  }
  const auto fact = services_.names.sent_fact(name, declared->second);
  if (!fact) return nullptr;
  Expr expr;
  expr.op = ExprOp::fact;
  expr.type = Type::of(Kind::boolean);
  expr.index = *fact;
  return make(e, std::move(expr));
}

// ------------------------------------------------------------------------------------ lists

// `list[0]`, `first(list)`: the row as a value.
ExprPtr ExprCheck::nth_row(const View& e, const ExprPtr& list, const ExprPtr& number) {
  Expr expr;
  expr.op = ExprOp::nth;
  expr.collection = list->type.index;
  expr.type = services_.checked.types.collections[list->type.index].element;
  expr.args = {list, number};
  return row_value(e, make(e, std::move(expr)));
}

// `min(list)`: as `min(x in list: x)`.
ExprPtr ExprCheck::list_aggregate(const View& e, Aggregate aggregate, const std::string& name,
                                  const ExprPtr& list) {
  const View view = e.as<ast::CallExpr>().arguments()[0].value();
  if (aggregate == Aggregate::first || aggregate == Aggregate::last) {
    if (list->type.kind == Kind::map) {
      report(Code::E0416, view, "the entries of a map have no order", type_text(list->type));
      return nullptr;
    }
    const ExprPtr number =
        number_constant(e, Decimal::from_int64(aggregate == Aggregate::first ? 0 : -1), kInteger);
    return number ? nth_row(e, list, with_span(number, {})) : nullptr;
  }
  const Type element = services_.checked.types.collections[list->type.index].element;
  if (!element.is_numeric()) {
    auto& diagnostic =
        report(Code::E0416, view,
               quoted(name) + " takes numbers, and the rows of this list are " + type_text(element),
               type_text(list->type));
    if (element.kind == Kind::record) {
      diagnostic.suggest("say of what: `" + name + "(x in " + source_text(view) + ": x.…)`");
    }
    return nullptr;
  }
  const std::uint32_t loop = services_.next_loop++;
  return reduce(e, name, loop, list, row_of(list, loop, place(view)), nullptr, view);
}

// The row that a loop is at: itself where it is a record, else its value.
ExprPtr ExprCheck::row_of(const ExprPtr& list, std::uint32_t loop, const Place& at) const {
  const CollectionInfo& info = services_.checked.types.collections[list->type.index];
  Expr element;
  element.op = ExprOp::element;
  element.index = loop;
  element.collection = list->type.index;
  element.type = info.element;
  element.place = at;
  ExprPtr row = std::make_shared<const Expr>(std::move(element));
  if (row->type.kind == Kind::record) return row;
  Expr value;
  value.op = ExprOp::field;
  value.type = row->type;
  value.collection = list->type.index;
  value.index = static_cast<std::uint32_t>(info.columns.size() - 1);
  value.place = at;
  value.args = {row};
  value.size = 2;
  value.depth = 2;
  return std::make_shared<const Expr>(std::move(value));
}

// sum, min, max or avg of `value` over the rows for which `where` holds.
ExprPtr ExprCheck::reduce(const View& e, std::string_view name, std::uint32_t loop,
                          const ExprPtr& list, ExprPtr value, const ExprPtr& where,
                          const View& at) {
  const bool adds = name == "sum" || name == "avg";
  if (!value->type.is_numeric() || (adds && value->type.kind == Kind::time)) {
    report(Code::E0415, at,
           (adds ? "only numbers add up, and this is "
                 : "only numbers and moments are compared so, and this is ") +
               type_text(value->type),
           type_text(value->type));
    return nullptr;
  }
  const ExprOp op = name == "sum"   ? ExprOp::sum
                    : name == "min" ? ExprOp::minimum
                    : name == "max" ? ExprOp::maximum
                                    : ExprOp::mean;
  if (where && op == ExprOp::sum) {
    value = node(at, ExprOp::choose, value->type,
                 {where, value, number_constant(at, Decimal(), value->type)});
  } else if (where) {
    value = node(at, ExprOp::picked, value->type, {value, where});
  }
  if (!value) return nullptr;
  Expr expr;
  expr.op = op;
  expr.type = op == ExprOp::mean && value->type.kind == Kind::integer ? kNumber : value->type;
  expr.index = loop;
  expr.collection = list->type.index;
  expr.args = {list, value};
  return make(e, std::move(expr));
}

// ------------------------------------------------------------------------------------ texts

ExprPtr ExprCheck::call_of(const View& e, Function function, std::vector<ExprPtr> args) {
  if (std::ranges::any_of(args, [](const ExprPtr& arg) { return !arg; })) return nullptr;
  Expr expr;
  expr.op = ExprOp::call;
  expr.function = function;
  expr.type = kText;
  expr.args = std::move(args);
  return make(e, std::move(expr));
}

// The text of what stands in a hole.
ExprPtr ExprCheck::hole(const View& e, const lang::StringPart& part) {
  const TextSpan literal = text_ ? text_->span(e.node(), left_) : TextSpan{};
  at_ = lang::Span{part.path.front().span.begin, part.path.back().span.end};
  ExprPtr value = path_value(e, part.path, std::nullopt, false);
  if (value && !has_text(value->type)) {
    report(Code::E0415, e,
           "a hole takes a value that has a text, and this is " + type_text(value->type),
           type_text(value->type));
    value = nullptr;
  }
  at_.reset();
  if (!value) return nullptr;
  // Of a text on several lines the condition's line shows another spelling.
  const bool as_written = e.text().find('\n') == std::string_view::npos && literal.length > 0;
  const TextSpan span = as_written ? TextSpan{literal.begin + part.span.begin - e.span().begin,
                                              part.span.end - part.span.begin}
                                   : literal;
  value = with_span(value, span);
  if (value->type.kind == Kind::string) return value;
  const ExprPtr text = call_of(e, Function::text, {value});
  return text ? with_span(text, {}) : nullptr;
}

Condition ExprCheck::hole_of(const ast::View& text, const lang::StringPart& part) {
  const View whole(text.syntax(), text.node());
  root_ = whole;
  ExprPtr value = hole(whole, part);
  Condition condition;
  if (!value) return condition;
  condition.text = part.text;
  condition.base_metric = first_metric(*value);
  condition.reads_metrics = reads_metrics(*value);
  condition.place = {place(whole).file, part.span};
  condition.expr = std::move(value);
  return condition;
}

// "a${b}c" is concat(concat("a", text(b)), "c").
ExprPtr ExprCheck::text_with_holes(const View& e) {
  const TextSpan whole = text_ ? text_->span(e.node(), left_) : TextSpan{};
  ExprPtr built;
  bool sound = true;
  for (const lang::StringPart& part : e.as<ast::LiteralExpr>().parts()) {
    ExprPtr piece;
    if (part.hole) {
      piece = hole(e, part);
    } else {
      Expr constant;
      constant.type = kText;
      constant.constant.text = part.text;
      piece = make(e, std::move(constant));
      if (piece) piece = with_span(piece, {});
    }
    sound = sound && piece;
    if (!sound) continue;
    if (!built) {
      built = piece;
      continue;
    }
    built = call_of(e, Function::concat, {built, piece});
    sound = built != nullptr;
    if (sound) built = with_span(built, {});
  }
  if (!sound || !built) return nullptr;
  return built->op == ExprOp::call ? with_span(built, whole) : built;
}

std::optional<std::vector<CheckedTextPart>> ExprCheck::pieces(const ast::LiteralExpr& literal) {
  const View e(literal.syntax(), literal.node());
  if (!begin(e)) return std::nullopt;
  std::vector<CheckedTextPart> pieces;
  bool sound = true;
  for (const lang::StringPart& part : literal.parts()) {
    CheckedTextPart piece{part.text, {}};
    if (part.hole) piece.hole = finish(hole(e, part), e);
    sound = sound && (!part.hole || piece.hole);
    pieces.push_back(std::move(piece));
  }
  if (!sound) return std::nullopt;
  return pieces;
}

// A pattern as `r"…"`; `where` says after or in what.
std::optional<std::string> ExprCheck::written_pattern(const View& view, std::string_view where) {
  const auto literal = view.as<ast::LiteralExpr>();
  const bool is_text = literal && literal.is_string();
  if (!literal || (view.kind() != ExprKind::Regex && !is_text)) {
    if (!view.has_error()) {
      report(Code::E0418, view, std::string(where) + " stands a regular expression", "no pattern")
          .suggest("write it as `r\"…\"`");
    }
    return std::nullopt;
  }
  if (view.kind() != ExprKind::Regex) {
    const Place at = place(view);
    report(Code::E0418, view, "a pattern is written `r\"…\"`", "a text")
        .suggest("as a pattern: `r" + source_text(view) + "`", at.file,
                 {at.span.begin, at.span.begin}, "r");
    return std::nullopt;
  }
  std::string pattern = literal.pattern();
  if (services_.options.check_regex) {
    if (const auto fault = services_.options.check_regex(pattern)) {
      report(Code::E0418, view, "this regular expression is not valid: " + *fault);
      return std::nullopt;
    }
  }
  return pattern;
}

// A day of the week that no week has would never be equal to one.
bool ExprCheck::are_weekdays(const View& view, const Expr& text, const Expr& other) {
  const bool about_days = other.op == ExprOp::call && other.function == Function::weekday;
  if (!about_days || text.op != ExprOp::constant || is_weekday(text.constant.text)) return true;
  auto& diagnostic =
      report(Code::E0454, view, "there is no day of the week " + quoted(text.constant.text));
  std::vector<std::string> days;
  for (const std::string_view day : kWeekdays) days.push_back("\"" + std::string(day) + "\"");
  suggest_nearest(diagnostic, place(view), "\"" + text.constant.text + "\"", days);
  if (diagnostic.help.empty()) diagnostic.suggest("the days are " + list_of(days));
  return false;
}

}  // namespace dpol::compiler
