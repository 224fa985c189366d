// Properties over many documents: what is read, is read as another reader reads it; nothing
// crashes; half a document is never taken for a whole one. Seeds are fixed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "runtime/inputs/formats.h"
#include "runtime/inputs/json.h"
#include "runtime/inputs/yaml.h"
#include "tests/unit/inputs/dump.h"
#include "tests/unit/inputs/support.h"

namespace dpol::test {
namespace {

using inputs::Document;
using inputs::NodeKind;
using inputs::NodeRef;
using inputs::SyntaxFault;
using nlohmann::ordered_json;

// The JSON documents of the tests, small ones only: each is changed thousands of times.
std::vector<std::string> small_documents() {
  std::vector<std::string> documents = {
      R"({"a": [1, -2.5e3, true, false, null, "x\n\u00e9\ud83d\ude00"], "b": {"c": {}, "d": []}})",
      R"([[[[1]]], {"k": [{"k": [{}]}]}, "", 0, 1e2])",
      "\"text\"",
      "-12.5",
      "null",
      "{\"\\u0061\\\\\": \"\\\"\\/\\b\\f\\n\\r\\t\", \"é\": \"😀\"}\n"};
  for (const char* folder : {"prometheus", "formats"}) {
    for (const auto& file : files_of(data_folder() / folder, ".json")) {
      std::string text = file_text(file);
      if (text.size() < 1500) documents.push_back(std::move(text));
    }
  }
  return documents;
}

bool same(NodeRef node, const ordered_json& json) {
  switch (node.kind()) {
    case NodeKind::null:
      return json.is_null();
    case NodeKind::boolean:
      return json.is_boolean() && json.get<bool>() == node.truth();
    case NodeKind::number:
      return json.is_number() && ordered_json::parse(node.text()) == json;
    case NodeKind::string:
      return json.is_string() && json.get_ref<const std::string&>() == node.text();
    case NodeKind::list: {
      if (!json.is_array() || json.size() != node.size()) return false;
      std::size_t i = 0;
      for (const NodeRef item : node) {
        if (!same(item, json[i++])) return false;
      }
      return true;
    }
    case NodeKind::map:
      if (!json.is_object() || json.size() != node.size()) return false;
      for (const NodeRef entry : node) {
        const auto found = json.find(std::string(entry.key()));
        if (found == json.end() || !same(entry, *found)) return false;
      }
      return true;
  }
  return false;
}

// Both readers must agree, but for what is documented: duplicate keys and depth, which only ours
// refuses, and numbers beyond a double, which only the other does.
void compare(inputs::JsonReader& reader, const std::string& text, std::size_t& accepted) {
  Document document;
  SyntaxFault fault;
  const bool ours = reader.read(text, document, fault);
  ordered_json other;
  int refused = 0;
  try {
    other = ordered_json::parse(text);
  } catch (const ordered_json::exception& error) {
    refused = error.id;
  }
  constexpr int kNumberTooLarge = 406;
  if (ours && refused == 0) {
    ++accepted;
    EXPECT_TRUE(same(document.root(), other)) << inputs::in_quotes(text);
  } else if (ours) {
    EXPECT_EQ(refused, kNumberTooLarge) << text;
  } else if (refused == 0) {
    EXPECT_THAT(fault.text, ::testing::AnyOf(::testing::HasSubstr("stands twice"),
                                             ::testing::StartsWith("nested deeper")))
        << text;
  }
  EXPECT_TRUE(ours || !fault.text.empty());
  EXPECT_TRUE(inputs::is_utf8(fault.text)) << text;
}

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  // One to four small changes, of the kinds that parsers trip over.
  std::string change(std::string text, const std::vector<std::string>& pieces) {
    for (std::size_t n = 1 + below(4); n > 0; --n) {
      const std::size_t at = below(text.size() + 1);
      switch (below(5)) {
        case 0:
          text.insert(at, pieces[below(pieces.size())]);
          break;
        case 1:
          text.erase(at, 1 + below(3));
          break;
        case 2:
          if (at < text.size()) text[at] = static_cast<char>(below(256));
          break;
        case 3:
          if (at < text.size()) text[at] = pieces[below(pieces.size())][0];
          break;
        default: {
          const std::size_t from = below(text.size() + 1);
          text.insert(at, text.substr(from, below(20)));
        }
      }
    }
    return text;
  }
  std::string noise(std::size_t most) {
    std::string text(below(most), '\0');
    for (char& c : text) c = static_cast<char>(below(256));
    return text;
  }

 private:
  std::mt19937_64 random_;
};

const std::vector<std::string>& json_pieces() {
  static const std::vector<std::string> kPieces = {"{",
                                                   "}",
                                                   "[",
                                                   "]",
                                                   ",",
                                                   ":",
                                                   "\"",
                                                   "\\",
                                                   "0",
                                                   "1",
                                                   "-",
                                                   ".",
                                                   "e",
                                                   "E",
                                                   "+",
                                                   " ",
                                                   "\n",
                                                   "\t",
                                                   "\r",
                                                   "\f",
                                                   "null",
                                                   "true",
                                                   "false",
                                                   "{}",
                                                   "[]",
                                                   "\"a\"",
                                                   "\"a\":1,",
                                                   "\\u00e9",
                                                   "\\ud800",
                                                   "\\udc00",
                                                   "1e400",
                                                   "1e-400",
                                                   "\xEF\xBB\xBF",
                                                   "\xED\xA0\x80",
                                                   "\x80",
                                                   "\x1f",
                                                   "\x7f",
                                                   "/",
                                                   "//",
                                                   "'",
                                                   "NaN",
                                                   "a"};
  return kPieces;
}

TEST(Property, JsonIsReadAsAnotherReaderReadsIt) {
  inputs::JsonReader reader;
  Mutator mutator(1);
  const auto documents = small_documents();
  std::size_t accepted = 0;
  for (const std::string& document : documents) compare(reader, document, accepted);
  EXPECT_EQ(accepted, documents.size());
  accepted = 0;
  for (int i = 0; i < 8'000; ++i) {
    compare(reader, mutator.change(documents[mutator.below(documents.size())], json_pieces()),
            accepted);
    if (HasFailure()) return;
  }
  EXPECT_GT(accepted, 400U) << "too few changed documents are JSON to learn from";
}

// Sequences of JSON's tokens, which are JSON more often than random bytes.
TEST(Property, JsonTokens) {
  inputs::JsonReader reader;
  Mutator mutator(2);
  std::size_t accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::size_t n = 1 + mutator.below(8); n > 0; --n)
      text += json_pieces()[mutator.below(json_pieces().size())];
    compare(reader, text, accepted);
    if (HasFailure()) return;
  }
  EXPECT_GT(accepted, 100U);
}

Loading loading_of(const std::string& bytes, const std::string& name) {
  Loading loading;
  loading.facts(bytes, name).metrics(bytes, "", name).metrics(bytes, "error_rate", name);
  return loading;
}

TEST(Property, RandomBytesNeverCrash) {
  Mutator mutator(3);
  for (int i = 0; i < 1'500; ++i) {
    std::string bytes = mutator.noise(200);
    // Behind a bracket it is taken for JSON.
    if (i % 3 == 0) bytes.insert(0, i % 2 == 0 ? "{" : "[");
    loading_of(bytes, i % 2 == 0 ? "x.json" : "x.yaml").load();
  }
}

TEST(Property, ChangedDocumentsNeverCrash) {
  Mutator mutator(4);
  std::vector<std::string> documents = small_documents();
  documents.push_back(file_text(data_folder() / "formats/sample_lines.ndjson"));
  documents.push_back(file_text(data_folder() / "formats/yaml_facts.yaml"));
  for (int i = 0; i < 1'500; ++i) {
    const std::string& document = documents[mutator.below(documents.size())];
    loading_of(mutator.change(document, json_pieces()), "x.json").load();
  }
}

TEST(Property, YamlNeverCrashes) {
  Mutator mutator(5);
  const std::vector<std::string> pieces = {
      "a: ",   "- ",    "? ",   ": ",  "\n",   "\n  ",   "\n    ",       "[",    "]",  "{", "}",
      ", ",    "|\n",   ">-\n", "&x ", "*x",   "!!str ", "!t ",          "'",    "\"", "#", "%",
      "---\n", "...\n", "\t",   "~",   "<<: ", "\\",     "\xEF\xBB\xBF", "\r\n", "@",  "`", "1",
      "b"};
  const std::string seed = file_text(data_folder() / "formats/yaml_facts.yaml");
  std::size_t accepted = 0;
  for (int i = 0; i < 12'000; ++i) {
    std::string text;
    if (i % 2 == 0) {
      text = mutator.change(seed, pieces);
    } else {
      for (std::size_t n = 1 + mutator.below(15); n > 0; --n)
        text += pieces[mutator.below(pieces.size())];
    }
    Document document;
    SyntaxFault fault;
    const bool read = inputs::read_yaml(text, document, fault);
    accepted += read ? 1 : 0;
    ASSERT_TRUE(read || !fault.text.empty()) << text;
    ASSERT_TRUE(!read || !dump(document.root()).empty());
  }
  EXPECT_GT(accepted, 1000U);
}

// JSON is YAML: where both readers take a document, they agree.
TEST(Property, YamlReadsJsonAlike) {
  inputs::JsonReader reader;
  Document json;
  Document yaml;
  SyntaxFault fault;
  for (const std::string& text : small_documents()) {
    if (text.find("\\u") != std::string::npos || text.find("\\/") != std::string::npos) continue;
    ASSERT_TRUE(reader.read(text, json, fault)) << text;
    ASSERT_TRUE(inputs::read_yaml(text, yaml, fault)) << fault.text << text;
    EXPECT_EQ(dump(yaml.root()), dump(json.root()));
  }
}

TEST(Property, TruncatedJsonIsRefusedOrWhole) {
  inputs::JsonReader reader;
  for (const char* folder : {"prometheus", "formats"}) {
    for (const auto& file : files_of(data_folder() / folder, ".json")) {
      const std::string text = file_text(file);
      Document whole;
      SyntaxFault fault;
      ASSERT_TRUE(reader.read(text, whole, fault)) << file;
      Document cut;
      // All lengths of a short document, of a long one so many.
      const std::size_t step = 1 + text.size() / 2'000;
      for (std::size_t length = 0; length < text.size(); length += step) {
        if (!reader.read(std::string_view(text).substr(0, length), cut, fault)) continue;
        ASSERT_EQ(dump(cut.root()), dump(whole.root())) << file << " at " << length;
      }
    }
  }
}

// A document of lines may end after any of them; inside of one it is refused.
TEST(Property, TruncatedLinesAreRefusedOrWholeLines) {
  const std::string text = file_text(data_folder() / "formats/sample_lines.ndjson");
  for (std::size_t length = 1; length < text.size(); ++length) {
    Loading loading;
    const bool at_end = text[length] == '\n' || text[length - 1] == '\n';
    const std::string errors = loading.metrics(text.substr(0, length)).load();
    EXPECT_EQ(errors.empty(), at_end) << length << errors;
  }
}

}  // namespace
}  // namespace dpol::test
