#include "runtime/inputs/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/inputs/json.h"
#include "runtime/inputs/yaml.h"
#include "tests/unit/inputs/dump.h"

namespace dpol::test {
namespace {

using inputs::Document;
using inputs::DocumentFault;
using inputs::DocumentWriter;
using inputs::JsonReader;
using inputs::NodeKind;
using inputs::NodeRef;
using inputs::SyntaxFault;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Document, NodesKnowTheirPlace) {
  Document document;
  DocumentWriter writer(document);
  writer.open_map(1);
  writer.key("a/b~c");
  writer.open_list(2);
  writer.number("1.50", 3);
  writer.open_map(4);
  writer.close();
  writer.close();
  writer.key("t");
  writer.boolean(true, 5);
  writer.key("n");
  writer.null(6);
  writer.close();
  ASSERT_TRUE(writer.is_complete());

  const NodeRef root = document.root();
  EXPECT_EQ(root.size(), 3U);
  const NodeRef list = *root.find("a/b~c");
  EXPECT_EQ(list.line(), 2U);
  EXPECT_EQ(list.pointer(), "/a~1b~0c");
  EXPECT_EQ((*list.begin()).text(), "1.50");
  EXPECT_EQ((*++list.begin()).pointer(), "/a~1b~0c/1");
  EXPECT_EQ((*++list.begin()).size(), 0U);
  EXPECT_TRUE(root.find("t")->truth());
  EXPECT_EQ(root.find("n")->kind(), NodeKind::null);
  EXPECT_EQ(root.pointer(), "");
  EXPECT_FALSE(root.find("x"));
  EXPECT_FALSE(list.find("t"));
}

TEST(Document, CopiesOfNodes) {
  Document document;
  DocumentWriter writer(document);
  writer.open_list(1);
  const std::uint32_t first = writer.next_index();
  writer.open_map(2);
  writer.key("k");
  writer.open_list(3);
  writer.string("v", 4);
  writer.close();
  writer.close();
  EXPECT_TRUE(writer.is_finished(first));
  EXPECT_FALSE(writer.is_finished(0));
  ASSERT_TRUE(writer.copy(first));
  writer.close();
  EXPECT_EQ(dump(document.root()), R"([{"k":["v"]},{"k":["v"]}])");
  const NodeRef copy = *++document.root().begin();
  EXPECT_EQ((*copy.find("k")->begin()).pointer(), "/1/k/0");
  EXPECT_EQ(copy.line(), 2U);
}

TEST(Document, KeysOfALargeMapDifferToo) {
  Document document;
  DocumentWriter writer(document);
  writer.open_map(1);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    writer.key("k" + std::to_string(i % 999));
    writer.null(i + 1);
  }
  EXPECT_FALSE(writer.close());
  EXPECT_EQ(writer.fault(), DocumentFault::duplicate_key);
  EXPECT_EQ(writer.fault_text(), "the key \"k0\" stands twice: lines 1 and 1000");
}

TEST(Document, DepthIsBounded) {
  Document document;
  DocumentWriter writer(document);
  for (std::size_t i = 0; i < inputs::kMaxDocumentDepth; ++i) ASSERT_TRUE(writer.open_list(1));
  EXPECT_FALSE(writer.open_list(7));
  EXPECT_EQ(writer.fault_line(), 7U);
  EXPECT_EQ(writer.fault_text(), "nested deeper than 200 levels");
}

TEST(Document, NodesAreBounded) {
  Document document;
  DocumentWriter writer(document);
  writer.open_list(1);
  bool accepted = true;
  std::size_t count = 1;
  while (accepted) {
    accepted = writer.null(1);
    ++count;
  }
  EXPECT_EQ(count, inputs::kMaxDocumentNodes + 1);
  EXPECT_EQ(writer.fault(), DocumentFault::too_many_nodes);
}

// ---- JSON ----

std::string json(std::string_view text) {
  Document document;
  SyntaxFault fault;
  if (JsonReader().read(text, document, fault)) return dump(document.root());
  return "line " + std::to_string(fault.line) + ": " + fault.text;
}

TEST(Json, Values) {
  EXPECT_EQ(json("null"), "null");
  EXPECT_EQ(json(" true\n"), "true");
  EXPECT_EQ(json("-0"), "-0");
  EXPECT_EQ(json("\"\""), "\"\"");
  EXPECT_EQ(json("[]"), "[]");
  EXPECT_EQ(json("{}"), "{}");
  EXPECT_EQ(json("\xEF\xBB\xBF{\"a\" : [ 1 , 2.50 , 1e5 , false , null , \"x\" ] }"),
            R"({"a":[1,2.50,1e5,false,null,"x"]})");
  EXPECT_EQ(json(R"("\u00e9\n\"\\\/\b\f\r\t\ud83d\ude00")"), "\"é\n\"\\/\b\f\r\t😀\"");
  EXPECT_EQ(json("[[[[]]],{\"a\":{\"b\":{}}}]"), "[[[[]]],{\"a\":{\"b\":{}}}]");
}

TEST(Json, NumbersKeepTheirText) {
  const std::string digits(5000, '7');
  EXPECT_EQ(json(digits), digits);
  EXPECT_EQ(json("[0.10, 1E+999999, -1e-99]"), "[0.10,1E+999999,-1e-99]");
}

TEST(Json, LinesOfNodes) {
  Document document;
  SyntaxFault fault;
  ASSERT_TRUE(JsonReader().read("\n{\"a\":\n 1, \"b\": [\n\n2,\r\n{\"c\": \"\\n\"}]\n}\n", document,
                                fault, 10));
  const NodeRef root = document.root();
  EXPECT_EQ(root.line(), 11U);
  EXPECT_EQ(root.find("a")->line(), 12U);
  EXPECT_EQ(root.find("b")->line(), 12U);
  EXPECT_EQ((*root.find("b")->begin()).line(), 14U);
  EXPECT_EQ((*++root.find("b")->begin()).find("c")->line(), 15U);
}

class BadJson : public ::testing::TestWithParam<const char*> {};
TEST_P(BadJson, IsRefused) { EXPECT_THAT(json(GetParam()), HasSubstr("is not JSON")); }
INSTANTIATE_TEST_SUITE_P(
    Each, BadJson,
    ::testing::Values("", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]]",
                      "[1][2]", "1 2", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\" 1}", "{a:1}",
                      "{1:1}", "{\"a\":1 \"b\":2}", "{\"a\":1}}", "{\"a\":1}{", "{}[]", "nul",
                      "nulls", "truefalse", "True", "NaN", "Infinity", "+1", "01", "-", "1.", ".5",
                      "1e", "1e+", "--1", "0x10", "1_000", "- 1", "1 .5", "'a'", "\"a", "\"\\x\"",
                      "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"",
                      "{\"\\udc00\":1}", "\"\t\"", "\"a\nb\"", "\"\xFF\"", "\"\xC0\x80\"",
                      "\"\xED\xA0\x80\"", "[1]\x01", "[1,\f2]", "//c\n1", "[1] #", "[\"a\"\"b\"]",
                      "[1\"a\"]", "[true\"a\"]", "\xEF\xBB", "\xEF\xBB\xBF\xEF\xBB\xBF{}", "[[]",
                      "[}", "{]", "[{]}", "{\"a\":[}", "\"a\"b\"", "\"a\" \"b\"", "[1:2]",
                      "{\"a\":1:2}", "{\"a\",1}", "{:1}", "{,}", "[:]"));

TEST(Json, FaultsNameTheLine) {
  EXPECT_EQ(json("{\n\"a\": 1,\n\"b\": 2,,\n}"),
            "line 3: is not JSON: unexpected ','; expected string literal");
  EXPECT_EQ(json("[1,\n2,\n\"x"),
            "line 3: is not JSON: invalid string: missing closing quote, near \"\\\"x\"");
  EXPECT_EQ(json("[\n\n1e999, tru]"),
            "line 3: is not JSON: The JSON document has an improper structure: missing "
            "or superfluous commas, braces, missing keys, etc.");
  EXPECT_EQ(json("{\"a\": 1,\n\"a\": 2}"), "line 2: the key \"a\" stands twice: lines 1 and 2");
  EXPECT_EQ(json("{\"a\": 1, \"\\u0061\": 2}"),
            "line 1: the key \"a\" stands twice: lines 1 and 1");
}

TEST(Json, LongPartsAreCutInMessages) {
  const std::string message = json("{\"" + std::string(100000, 'k') + "\" 1}");
  EXPECT_LT(message.size(), 300U);
}

TEST(Json, DepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_THAT(json(nested(200)), StartsWith("[[["));
  EXPECT_EQ(json(nested(201)), "line 1: nested deeper than 200 levels");
  EXPECT_EQ(json(nested(10'000)), "line 1: nested deeper than 200 levels");
  EXPECT_EQ(json(nested(1'000'000)), "line 1: nested deeper than 200 levels");
  EXPECT_THAT(json(std::string(1'000'000, '[')),
              StartsWith("line 1: is not JSON: unexpected end of input"));
  std::string objects;
  for (int i = 0; i < 10'000; ++i) objects += "{\"a\":\n";
  EXPECT_EQ(json(objects + "1" + std::string(10'000, '}')),
            "line 201: nested deeper than 200 levels");
}

TEST(Json, ReaderIsUsedAgain) {
  JsonReader reader;
  Document document;
  SyntaxFault fault;
  for (int i = 0; i < 200; ++i) {
    const std::string text = "[\"" + std::string(static_cast<std::size_t>(i) * 7, 'x') + "\"]";
    ASSERT_TRUE(reader.read(text, document, fault)) << i;
    EXPECT_EQ(dump(document.root()), text);
    EXPECT_FALSE(reader.read(text.substr(1), document, fault));
  }
}

// ---- YAML ----

std::string yaml(std::string_view text) {
  Document document;
  SyntaxFault fault;
  if (inputs::read_yaml(text, document, fault)) return dump(document.root());
  return "line " + std::to_string(fault.line) + ": " + fault.text;
}

TEST(Yaml, TypesOfPlainScalars) {
  EXPECT_EQ(yaml("[null, Null, NULL, ~, true, True, TRUE, false, False]"),
            "[null,null,null,null,true,true,true,false,false]");
  EXPECT_EQ(yaml("[yes, no, on, off, y, n, Yes, NO, tRue]"),
            R"(["yes","no","on","off","y","n","Yes","NO","tRue"])");
  EXPECT_EQ(yaml("[0, 12, -3, +4, 1.5, .5, 5., 1e3, -1.5E-3]"),
            "[0,12,-3,+4,1.5,.5,5.,1e3,-1.5E-3]");
  EXPECT_EQ(yaml("[012, 0o14, 0x1F, 1_000, 1:30, 1.2.3, 2026-12-31, 1e, ., -, e3]"),
            R"(["012","0o14","0x1F","1_000","1:30","1.2.3","2026-12-31","1e",".","-","e3"])");
  EXPECT_EQ(yaml("[.nan, .inf, -.Inf]"), R"(["NaN","+Inf","-Inf"])");
  EXPECT_EQ(yaml("[\"1\", 'true', '']"), R"(["1","true",""])");
  EXPECT_EQ(yaml("a:\nb: |\n  x\n  y\nc: >\n  p\n  q\n"),
            "{\"a\":null,\"b\":\"x\ny\n\",\"c\":\"p q\n\"}");
}

TEST(Yaml, Structure) {
  EXPECT_EQ(yaml("# c\n---\na: {b: [1, {c: 2}], d: }\ne:\n  - f: 1\n    g: 2\n  - - h\n...\n"),
            R"({"a":{"b":[1,{"c":2}],"d":null},"e":[{"f":1,"g":2},["h"]]})");
  EXPECT_EQ(yaml("200: ok\ntrue: x\n~: y\n"), R"({"200":"ok","true":"x","null":"y"})");
  EXPECT_EQ(yaml("\xEF\xBB\xBF"
                 "a: é"),
            R"({"a":"é"})");
}

TEST(Yaml, Tags) {
  EXPECT_EQ(yaml("[!!str 3, !!int 3, !!float 3, !!float .nan, !!bool true, !!null ~, ! 3]"),
            R"(["3",3,3,"NaN",true,null,"3"])");
  EXPECT_EQ(yaml("!!map {a: !!seq [1]}"), R"({"a":[1]})");
  EXPECT_EQ(yaml("a: !!int x"), "line 1: the tag `!!int` does not fit the value \"x\"");
  EXPECT_EQ(yaml("a: !!int 1.5"), "line 1: the tag `!!int` does not fit the value \"1.5\"");
  EXPECT_EQ(yaml("a:\n  !vault x"), "line 2: the tag \"!vault\" is not read");
  EXPECT_THAT(yaml("a: !!binary x"), HasSubstr("binary\" is not read"));
  EXPECT_THAT(yaml("a: !!set {x}"), HasSubstr("set\" is not read"));
}

TEST(Yaml, Anchors) {
  EXPECT_EQ(yaml("a: &x {k: [1, 2]}\nb: *x\nc: [*x, &y 3, *y]\n"),
            R"({"a":{"k":[1,2]},"b":{"k":[1,2]},"c":[{"k":[1,2]},3,3]})");
  EXPECT_EQ(yaml("a: &x [*x]"), "line 1: an alias inside the value that it stands for");
  EXPECT_THAT(yaml("a: *x"), HasSubstr("is not YAML"));
}

TEST(Yaml, AliasesThatExplode) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j == 0 ? "*a" : ", *a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  EXPECT_THAT(yaml(bomb), HasSubstr("aliases stand for more than 100000 values"));
}

class BadYaml : public ::testing::TestWithParam<const char*> {};
TEST_P(BadYaml, IsRefused) { EXPECT_THAT(yaml(GetParam()), StartsWith("line ")); }
INSTANTIATE_TEST_SUITE_P(
    Each, BadYaml,
    ::testing::Values("", "# only a comment\n", "a: 1\na: 2\n", "a: 1\n---\nb: 2\n", "---\n---\n",
                      "a: [1, 2\nb: 3", "a: {b: 1", "a: 'x", "a: \"x", "a: 1\n b: 2\n", "a: 1\nb\n",
                      "<<: {a: 1}\n", "? [a]\n: 1\n", "? {a: 1}\n: 1\n", "*a : 1\n", "a: \"\\q\"",
                      "a: \xFF", "a: %x\n\t- b", "- a\nb: 1", "\ta: 1", "{a: b]", "a: @x"));

TEST(Yaml, FaultsNameTheLine) {
  EXPECT_EQ(yaml("a: 1\nb: 2\na: 3\n"), "line 3: the key \"a\" stands twice: lines 1 and 3");
  EXPECT_EQ(yaml("a: 1\n---\nb: 2\n"), "line 2: a second document begins here; one is expected");
  EXPECT_EQ(yaml("a:\n  <<: {b: 1}\n"),
            "line 2: merge keys (`<<`) are not read; repeat the entries");
  EXPECT_EQ(yaml("failed: 0\ncover"), "line 2: expected \":\" behind the key \"cover\"");
  EXPECT_EQ(yaml("é: è\na: 'x''\n"), "line 2: is not YAML: a string without its closing quote");
  EXPECT_EQ(yaml("a: \"x\\\"\n"), "line 1: is not YAML: a string without its closing quote");
  EXPECT_EQ(yaml("a: 'it''s'\nb: \"\\\\\""), "{\"a\":\"it's\",\"b\":\"\\\"}");
}

TEST(Yaml, DepthIsBounded) {
  EXPECT_THAT(yaml(std::string(200, '[') + std::string(200, ']')), StartsWith("[[["));
  EXPECT_EQ(yaml(std::string(201, '[') + std::string(201, ']')),
            "line 1: nested deeper than 200 levels");
  EXPECT_EQ(yaml(std::string(1'000'000, '[')), "line 1: nested deeper than 200 levels");
  EXPECT_EQ(yaml(std::string(1'000'000, '{')), "line 1: nested deeper than 200 levels");
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  EXPECT_EQ(yaml(dashes), "line 1: nested deeper than 200 levels");
  std::string marks;
  for (int i = 0; i < 100'000; ++i) marks += "? ";
  EXPECT_THAT(yaml(marks), StartsWith("line 1: "));
  std::string maps;
  for (int i = 0; i < 1000; ++i) maps += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_EQ(yaml(maps), "line 201: nested deeper than 200 levels");
}

TEST(Yaml, SizeIsBounded) {
  EXPECT_THAT(yaml("a: " + std::string(inputs::kMaxYamlBytes, 'x')),
              HasSubstr("is larger than 8 MiB"));
}

}  // namespace
}  // namespace dpol::test
