#include "editors/generate/builtins.h"

#include <array>
#include <string_view>
#include <vector>

namespace dpol::editors {
namespace {

struct Row {
  std::string_view area;  // not empty: a heading, and nothing else
  std::string_view name;
  std::string_view signature;
  std::string_view doc;
  std::string_view example;
  std::string_view value;
};

constexpr auto kFunctions = std::to_array<Row>({
#define DPOL_FUNCTION_AREA(title) {title, {}, {}, {}, {}, {}},
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) \
  {{}, #name, signature, doc, example, value},
#include "runtime/program/functions.def"
});

struct Form {
  std::string_view area;
  std::string_view form;
  std::string_view doc;
  std::string_view example;
  std::string_view value;
};
constexpr auto kForms = std::to_array<Form>({
#define DPOL_FORM(area, form, doc, example, value) {#area, form, doc, example, value},
#include "lang/forms.def"
});

struct FormArea {
  std::string_view area;
  std::string_view title;
};
constexpr auto kFormAreas = std::to_array<FormArea>({{"texts", "Texts"},
                                                     {"lists", "Lists and maps"},
                                                     {"time", "Moments"},
                                                     {"messages", "Messages"},
                                                     {"optional", "What may be absent"}});

struct AggregateRow {
  std::string_view name;
  std::string_view doc;
};
constexpr auto kAggregates = std::to_array<AggregateRow>({
#define DPOL_AGGREGATE(name, result, text) {#name, text},
#include "runtime/program/aggregates.def"
});

// In a cell of a table a bar would end it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string code(std::string_view text) { return "`" + cell(text) + "`"; }

std::string example(std::string_view text, std::string_view value) {
  return code(text) + " is " + code(value);
}

constexpr std::string_view kIntroduction =
    R"(# Functions and forms

Made from `runtime/program/functions.def`, `runtime/program/aggregates.def` and `lang/forms.def` by
`./dev grammars`; edit those. Every example is run as a test.

In a signature `n` is a number of any unit, the same wherever it stands; `any` a value that has a text;
a `plain list` holds numbers, truths, texts or enum values, a `list` anything. A `pattern` is written
`r"…"`, a `range` and a `zone` as quoted texts: they are read once, so that none of them can depend on an
input. An unknown argument makes the answer unknown, of several the first.

The examples are about these facts, at noon of 2026-07-01, UTC:

    facts { team string  replicas int  built time  labels map of string  sizes list of int
            pods list of pod  report? string }

    team = "cart"   replicas = 3   built = 2026-07-01T10:00:00Z   report is absent
    labels = { team: "cart", tier: "gold" }   sizes = 10, 20, 30
    pods = (name "a", restarts 0), (name "b", restarts 4)
    there is a message window, and it was sent
)";

constexpr std::string_view kTextForms = R"(
## Text forms

What a hole `"${x}"` and `text(x)` write, exact to the last digit and readable as a value again:

| Type | Text |
|---|---|
| `bool` | `true`, `false` |
| `int`, `float` | `3`, `0.25` |
| `ratio`, `points`, `percent change` | `99.5%`, `1pp`, `10%` |
| `duration`, `bytes`, rates and units | `250ms`, `1h30m`, `2GiB`, `5order/s` |
| `time` | `2026-12-31T10:00:00Z` |
| `semver` | `1.4.0`, without a `v` |
| enums | the value's name |
| `string` | the text itself |
)";

constexpr std::string_view kRanges = R"(
## Ranges of versions

Alternatives stand between `||`; what stands in one, with spaces between, must all hold. `=`, `>`, `>=`,
`<`, `<=` compare by precedence; `^1.2` is from 1.2.0 up to the next major version (of `0.x` the next
minor one), `~1.2` up to the next minor version; `1.2`, `1.x` and `*` leave numbers open. A pre-release
lies in an alternative only if that names a pre-release of the same three numbers: `^1.2` has no
`1.3.0-beta`, `>=2.0.0-rc.1` has `2.0.0-rc.2`.
)";

constexpr std::string_view kZones = R"(
## Time zones

A zone is a name of the tz database such as `"Europe/Berlin"`, `"UTC"`, or an offset such as `"+02:00"`.
Their rules are built into dpol (`runtime/program/zones.def`), so that a moment has one date on all
machines, whatever they have installed. They are the rules in force: of years in which a place kept
another one, today's answers. Morocco, whose clocks follow the moon, has none.
)";

void write_functions(std::string& out) {
  for (const Row& row : kFunctions) {
    if (!row.area.empty()) {
      out.append("\n## ").append(row.area).append(
          "\n\n| Function | Value | Example |\n|---|---|---|\n");
      continue;
    }
    out += "| " + code(std::string(row.name) + std::string(row.signature)) + " | " + cell(row.doc) +
           " | " + example(row.example, row.value) + " |\n";
  }
}

void write_forms(std::string& out) {
  out += "\n## Forms\n\nWhat is no function, but does the work of one.\n";
  for (const FormArea& area : kFormAreas) {
    out.append("\n### ")
        .append(area.title)
        .append("\n\n| Form | Value | Example |\n|---|---|---|\n");
    for (const Form& form : kForms) {
      if (form.area != area.area) continue;
      out += "| " + cell(form.form) + " | " + cell(form.doc) + " | " +
             example(form.example, form.value) + " |\n";
    }
  }
}

void write_aggregates(std::string& out) {
  out +=
      "\n## Aggregates of a metric\n\n`avg(latency, 5m)` and so on, over the samples of that "
      "time.\n\n"
      "| Aggregate | Value |\n|---|---|\n";
  for (const AggregateRow& row : kAggregates)
    out += "| " + code(row.name) + " | " + cell(row.doc) + " |\n";
}

}  // namespace

std::string make_builtins() {
  std::string out(kIntroduction);
  write_functions(out);
  write_forms(out);
  write_aggregates(out);
  out += kTextForms;
  out += kRanges;
  out += kZones;
  return out;
}

}  // namespace dpol::editors
