#include "support.h"

namespace dpol::lang {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The expression of `item x require …`, with an operator's parentheses written out.
std::string shape(const ast::Expr& e) {
  switch (e.kind()) {
    case ast::ExprKind::Binary: {
      const auto b = e.as<ast::BinaryExpr>();
      return "(" + shape(b.left()) + " " + std::string(spelling(b.op())) + " " + shape(b.right()) + ")";
    }
    case ast::ExprKind::Unary: {
      const auto u = e.as<ast::UnaryExpr>();
      return "(" + std::string(spelling(u.op())) + " " + shape(u.operand()) + ")";
    }
    case ast::ExprKind::Range: {
      const auto r = e.as<ast::RangeExpr>();
      return "[" + shape(r.low()) + " .. " + shape(r.high()) + "]";
    }
    case ast::ExprKind::Scale: {
      const auto s = e.as<ast::ScaleExpr>();
      return "(" + shape(s.factor()) + " of " + shape(s.operand()) + ")";
    }
    case ast::ExprKind::Else: {
      const auto x = e.as<ast::ElseExpr>();
      return "(" + shape(x.value()) + " else " + shape(x.fallback()) + ")";
    }
    case ast::ExprKind::If: {
      const auto x = e.as<ast::IfExpr>();
      return "if(" + shape(x.condition()) + ", " + shape(x.then_value()) + ", " + shape(x.else_value()) + ")";
    }
    case ast::ExprKind::Quantifier: {
      const auto q = e.as<ast::QuantifierExpr>();
      return std::string(spelling(q.quantifier())) + "(" + std::string(q.variable().text()) + " in " + shape(q.list()) +
             (q.where() ? " where " + shape(q.where()) : "") + ": " + shape(q.body()) + ")";
    }
    case ast::ExprKind::Window: {
      const auto w = e.as<ast::WindowExpr>();
      return "{" + shape(w.condition()) + " " + std::string(w.syntax().source.text(w.window_span())) + "}";
    }
    case ast::ExprKind::Within: {
      const auto w = e.as<ast::WithinExpr>();
      return "within(" + shape(w.value()) + ", " + shape(w.tolerance()) + ", " + shape(w.reference()) + ")";
    }
    case ast::ExprKind::ImplicitLeft:
      return "_";
    case ast::ExprKind::Missing:
      return "?";
    default:
      return std::string(e.text());
  }
}

std::string shape_of(const std::string& expression) {
  const auto syntax = parse("t.dpol", "policy p { item i require " + expression + " }");
  EXPECT_THAT(codes(*syntax), IsEmpty()) << all_messages(*syntax);
  const auto policy = ast::File(*syntax).child<ast::Policy>();
  return shape(policy.child<ast::Item>().verbs().at(0).condition());
}

TEST(Precedence, LoosestFirst) {
  EXPECT_EQ(shape_of("a or b and c"), "(a or (b and c))");
  EXPECT_EQ(shape_of("a and b or c and d"), "((a and b) or (c and d))");
  EXPECT_EQ(shape_of("not a and b"), "((not a) and b)");
  EXPECT_EQ(shape_of("not a == b"), "(not (a == b))");
  EXPECT_EQ(shape_of("a + b * c - d / e"), "((a + (b * c)) - (d / e))");
  EXPECT_EQ(shape_of("a - b - c"), "((a - b) - c)");
  EXPECT_EQ(shape_of("x in a + 1..b * 2"), "(x in [(a + 1) .. (b * 2)])");
  EXPECT_EQ(shape_of("-a.b * c"), "((- a.b) * c)");
  EXPECT_EQ(shape_of("a > 2x baseline + 1"), "(a > ((2x of baseline) + 1))");
  EXPECT_EQ(shape_of("a else b + 1 == c"), "(((a else b) + 1) == c)");
  EXPECT_EQ(shape_of("a else b else c"), "(a else (b else c))");
  EXPECT_EQ(shape_of("(a or b) and c"), "((a or b) and c)");
  EXPECT_EQ(shape_of("a + 5% >= 150% * peak.rps"), "((a + 5%) >= (150% * peak.rps))");
}

TEST(Precedence, Windows) {
  EXPECT_EQ(shape_of("a > 5 for 5m"), "{(a > 5) for 5m}");
  EXPECT_EQ(shape_of("a == b for 3 samples"), "{(a == b) for 3 samples}");
  EXPECT_EQ(shape_of("a > 1 in 3 of 5 samples"), "{(a > 1) in 3 of 5 samples}");
  EXPECT_EQ(shape_of("a in 3 samples across stages"), "{a in 3 samples across stages}");
  EXPECT_EQ(shape_of("a > 1 for 5m and b"), "({(a > 1) for 5m} and b)");
  EXPECT_EQ(shape_of("(a and b) for 5m"), "{(a and b) for 5m}");
  EXPECT_EQ(shape_of("a and (b for 5m)"), "(a and {b for 5m})");
  EXPECT_EQ(shape_of("a in b"), "(a in b)");
  EXPECT_EQ(shape_of("a in n of m samples"), "{a in n of m samples}");
  EXPECT_EQ(shape_of("a for params.bake"), "{a for params.bake}");
}

TEST(Precedence, PrefixFormsReachRight) {
  EXPECT_EQ(shape_of("every p in pods: p.x and p.y"), "every(p in pods: (p.x and p.y))");
  EXPECT_EQ(shape_of("a and any p in pods where p.z: p.x or p.y"), "(a and any(p in pods where p.z: (p.x or p.y)))");
  EXPECT_EQ(shape_of("if a then b else c or d"), "if(a, b, (c or d))");
  EXPECT_EQ(shape_of("if a then if b then c else d else e"), "if(a, if(b, c, d), e)");
  EXPECT_EQ(shape_of("if a then x else y else z"), "if(a, x, (y else z))");
  EXPECT_EQ(shape_of("if a then (x else y) else z"), "if(a, (x else y), z)");
}

TEST(Precedence, LeftSidesLeftOut) {
  EXPECT_EQ(shape_of("< 1s or <= baseline + 10%"), "((_ < 1s) or (_ <= (baseline + 10%)))");
  EXPECT_EQ(shape_of("within 10% of baseline"), "within(_, 10%, baseline)");
  EXPECT_EQ(shape_of("m within 10% of baseline + 1"), "within(m, 10%, (baseline + 1))");
  EXPECT_EQ(shape_of("not in {a, b}"), "(_ not in {a, b})");
  EXPECT_EQ(shape_of("in 0%..5%"), "(_ in [0% .. 5%])");
}

TEST(Precedence, WordsThatMayBeNames) {
  EXPECT_EQ(shape_of("facts.phase == params.stage and metrics.hold > 1"), "((facts.phase == params.stage) and (metrics.hold > 1))");
  EXPECT_EQ(shape_of("present == source"), "(present == source)");
  EXPECT_EQ(shape_of("present tests.report and owner == severity"), "((present tests.report) and (owner == severity))");
  EXPECT_EQ(shape_of("smoke.login == passed"), "(smoke.login == passed)");
  EXPECT_EQ(shape_of("2x count(a) < f(b)"), "((2x of count(a)) < f(b))");
}

std::string dump_of(const std::string& text) {
  const auto syntax = parse("t.dpol", text);
  EXPECT_THAT(codes(*syntax), IsEmpty()) << all_messages(*syntax);
  return dump_tree(*syntax);
}

TEST(Parser, ClausesEndWhereTheNextWordBegins) {
  EXPECT_EQ(dump_of("policy p { item a require x > 2x owner \"o\" item b confirm }"),
            "File\n"
            "  Policy\n"
            "    Name p\n"
            "    Item\n"
            "      Name a\n"
            "      Require\n"
            "        Binary >\n"
            "          Path x\n"
            "          Literal 2x\n"
            "      Owner\n"
            "        Literal \"o\"\n"
            "    Item\n"
            "      Name b\n"
            "      Confirm confirm\n");
}

TEST(Parser, ElseOfARequireIsAnOutcome) {
  EXPECT_EQ(dump_of("policy p { item a require x == y else rollback item b require x else no - go item c require x else y }"),
            "File\n"
            "  Policy\n"
            "    Name p\n"
            "    Item\n"
            "      Name a\n"
            "      Require\n"
            "        Binary ==\n"
            "          Path x\n"
            "          Path y\n"
            "        ElseAction\n"
            "          Action rollback\n"
            "    Item\n"
            "      Name b\n"
            "      Require\n"
            "        Path x\n"
            "        ElseAction\n"
            "          Action no - go\n"
            "    Item\n"
            "      Name c\n"
            "      Require\n"
            "        Else\n"
            "          Path x\n"
            "          Path y\n");
}

TEST(Parser, BareRuleAfterAnItemStandsAlone) {
  EXPECT_EQ(dump_of("policy p { item a require x rollback when y rollback b when z threshold m rollback > 1 hold c when d }"),
            "File\n"
            "  Policy\n"
            "    Name p\n"
            "    Item\n"
            "      Name a\n"
            "      Require\n"
            "        Path x\n"
            "      RollbackWhen\n"
            "        Path y\n"
            "    StandingRule\n"
            "      Name b\n"
            "      When\n"
            "        Path z\n"
            "    Threshold\n"
            "      Path m\n"
            "      RollbackWhen\n"
            "        Binary >\n"
            "          ImplicitLeft\n"
            "          Literal 1\n"
            "    StandingRule\n"
            "      Name c\n"
            "      When\n"
            "        Path d\n");
}

TEST(Parser, NewlinesMeanNothing) {
  const std::string text = read_source_file("examples/release_excerpt.dpol");
  std::string joined;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    if (line.find("//") == std::string::npos) joined += line + " ";
    at = end + 1;
  }
  EXPECT_EQ(dump_of(joined), dump_of(text));
  std::string split;
  const auto syntax = parse("t.dpol", text);
  for (const Token& token : syntax->tokens.tokens) split += std::string(syntax->source.text(token.span())) + "\n";
  const auto lines = parse("t.dpol", split);
  EXPECT_THAT(codes(*lines), IsEmpty());
  ASSERT_EQ(lines->tree.nodes.size(), syntax->tree.nodes.size());
  for (NodeId id = 0; id < lines->tree.nodes.size(); ++id) EXPECT_EQ(lines->tree[id].kind, syntax->tree[id].kind);
}

TEST(Parser, FilesWithoutErrors) {
  for (const std::string& path : sound_files()) {
    const auto syntax = parse(path, read_source_file(path));
    EXPECT_THAT(codes(*syntax), IsEmpty()) << all_messages(*syntax);
    expect_well_formed(*syntax);
    EXPECT_FALSE(syntax->tree[syntax->tree.root()].has_error);
  }
}

TEST(Parser, EveryNodeKindOccursInTheFileOfEveryForm) {
  const auto syntax = parse("every_form.dpol", read_source_file("tests/unit/lang/every_form.dpol"));
  std::vector<bool> seen(256);
  for (const Node& node : syntax->tree.nodes) seen[static_cast<std::size_t>(node.kind)] = true;
  const auto paren = parse("t.dpol", "policy p { item a require (x) }");
  for (const Node& node : paren->tree.nodes) seen[static_cast<std::size_t>(node.kind)] = true;
#define DPOL_NODE(kind, group, repeat, shown) \
  if (NodeGroup::group != NodeGroup::Trouble && NodeKind::kind != NodeKind::MissingExpression && \
      !seen[static_cast<std::size_t>(NodeKind::kind)])                                            \
    ADD_FAILURE() << #kind;
#include "lang/node_kinds.def"
}

TEST(Parser, EveryKeywordIsUsedByTheGrammar) {
  const std::string grammar = read_source_file("lang/parser.cpp");
  for (const Word& word : words())
    EXPECT_TRUE(word.reach == WordReach::Plain || grammar.find("K::" + std::string(kind_name(word.kind))) != std::string::npos)
        << word.spelling;
}

TEST(Parser, FieldsAndPathsMayBeAnyWord) {
  std::string text = "facts {";
  std::string uses;
  for (const Word& word : words()) {
    text += " " + std::string(word.spelling) + " bool";
    uses += " item i_" + std::string(word.spelling) + " require facts." + std::string(word.spelling) + ".item";
  }
  EXPECT_THAT(codes_of(text + " } policy p {" + uses + " }"), IsEmpty());
}

TEST(Parser, NamesMayBeAnyWordThatIsNotReserved) {
  for (const Word& word : words()) {
    const std::string name(word.spelling);
    const auto found = codes_of("policy p { item " + name + " \"t\" require " + name + " == 1 }");
    EXPECT_EQ(found.empty(), word.reach != WordReach::Reserved) << name;
  }
}

TEST(Parser, AChainOfManyOperatorsIsRefused) {
  std::string text = "policy p { item a require x";
  for (int i = 0; i < 900; ++i) text += " or x";
  EXPECT_THAT(codes_of(text + " }"), IsEmpty());
  for (int i = 0; i < 100000; ++i) text += " or x";
  EXPECT_THAT(codes_of(text + " }"), ElementsAre("E0218"));
}

TEST(Parser, EmptyFile) {
  const auto syntax = parse("t.dpol", "");
  EXPECT_THAT(codes(*syntax), IsEmpty());
  expect_well_formed(*syntax);
  EXPECT_THAT(ast::File(*syntax).declarations(), IsEmpty());
}

}  // namespace
}  // namespace dpol::lang
