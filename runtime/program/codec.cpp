// One function lists the fields of each struct; a Writer and a Reader walk them in the same order,
// so what is written is what is read.

#include "runtime/program/codec.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstring>
#include <type_traits>
#include <utility>

#include "runtime/program/digest.h"
#include "runtime/program/opcode_table.h"
#include "runtime/program/verify.h"

namespace dpol::program {
namespace {

constexpr std::string_view kMagic = "DPOLC\n";
// magic, version, body length, digest of the body
constexpr std::size_t kHeaderBytes = kMagic.size() + 8 + 8 + kDigestBytes;

// Over all tables; the largest program that the limits of program.h allow has fewer.
constexpr std::size_t kMaxElements = 4'000'000;

// Rises when the fields below change.
constexpr std::string_view kLayout = "layout 4";

// FNV-1a over the tables that give the numbers in a file their meaning.
constexpr std::uint64_t hash_text(std::uint64_t hash, std::string_view text) {
  constexpr std::uint64_t kPrime = 0x100000001B3;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return (hash ^ 0xFFU) * kPrime;
}
constexpr std::uint64_t hash_tables() {
  constexpr std::uint64_t kOffsetBasis = 0xCBF29CE484222325;
  std::uint64_t hash = hash_text(kOffsetBasis, kLayout);
#define DPOL_OPCODE(name, a, b, c, d, text) \
  hash = hash_text(hash, #name " " #a " " #b " " #c " " #d " " text);
#include "runtime/program/opcodes.def"
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) \
  hash = hash_text(hash, #name " " signature " " #arity " " #result " " arguments);
#include "runtime/program/functions.def"
#define DPOL_AGGREGATE(name, result, text) hash = hash_text(hash, #name " " #result " " text);
#include "runtime/program/aggregates.def"
#define DPOL_FAULT(name, text) hash = hash_text(hash, #name);
#include "runtime/program/faults.def"
#define DPOL_ZONE(name, rule) hash = hash_text(hash, name " " rule);
#include "runtime/program/zones.def"
  return hash;
}
constexpr std::uint64_t kFormatVersion = hash_tables();

// How many values each enum has, and how wide it is written.
template <class Enum>
constexpr std::size_t kCountOf = 0;
template <>
constexpr std::size_t kCountOf<Kind> = static_cast<std::size_t>(Kind::map) + 1;
template <>
constexpr std::size_t kCountOf<CellClass> = static_cast<std::size_t>(CellClass::row) + 1;
template <>
constexpr std::size_t kCountOf<Opcode> = kOpcodeRows.size();
template <>
constexpr std::size_t kCountOf<Aggregate> = kAggregateNames.size();
template <>
constexpr std::size_t kCountOf<InputKind> = static_cast<std::size_t>(InputKind::deployed_at) + 1;
template <>
constexpr std::size_t kCountOf<BaselineRule::Kind> =
    static_cast<std::size_t>(BaselineRule::Kind::promoted) + 1;
template <>
constexpr std::size_t kCountOf<Direction> = static_cast<std::size_t>(Direction::higher) + 1;
template <>
constexpr std::size_t kCountOf<Track> = kTrackCount;
template <>
constexpr std::size_t kCountOf<QueryHole> = static_cast<std::size_t>(QueryHole::number) + 1;
template <>
constexpr std::size_t kCountOf<Verb> = static_cast<std::size_t>(Verb::confirm) + 1;
template <>
constexpr std::size_t kCountOf<Missing> = static_cast<std::size_t>(Missing::rollback) + 1;
template <>
constexpr std::size_t kCountOf<Scope> = static_cast<std::size_t>(Scope::stages) + 1;
template <>
constexpr std::size_t kCountOf<RuleKind> = static_cast<std::size_t>(RuleKind::score) + 1;
template <>
constexpr std::size_t kCountOf<PhaseKind> = static_cast<std::size_t>(PhaseKind::during) + 1;
template <>
constexpr std::size_t kCountOf<Gate> = static_cast<std::size_t>(Gate::decide) + 1;

class Writer {
 public:
  template <class... Fields>
  void operator()(const Fields&... fields) {
    (write(fields), ...);
  }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  template <class Integer>
  void write_integer(Integer value) {
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
  }
  template <class Field>
  void write(const Field& field);
  void write(const std::string& text) {
    write_integer(static_cast<std::uint32_t>(text.size()));
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }
  template <class Element>
  void write(const std::vector<Element>& elements) {
    write_integer(static_cast<std::uint32_t>(elements.size()));
    for (const Element& element : elements) write(element);
  }
  template <class Inner>
  void write(const std::optional<Inner>& inner) {
    write(inner.has_value());
    if (inner) write(*inner);
  }

  std::vector<std::uint8_t> bytes_;
};

// After the first fault it reads nothing more and every field stays as it is.
class Reader {
 public:
  Reader(std::span<const std::uint8_t> bytes, std::size_t at) : bytes_(bytes), at_(at) {}

  template <class... Fields>
  void operator()(Fields&... fields) {
    (read(fields), ...);
  }
  std::size_t offset() const { return at_; }
  bool at_end() const { return at_ == bytes_.size(); }
  const std::optional<DecodeFault>& fault() const { return fault_; }

 private:
  void fail(std::string_view expected) {
    if (!fault_) fault_ = DecodeFault{at_, "expected " + std::string(expected)};
  }
  bool has(std::size_t count) {
    if (fault_) return false;
    if (bytes_.size() - at_ >= count) return true;
    fail("more bytes");
    return false;
  }
  template <class Integer>
  bool read_integer(Integer& value) {
    if (!has(sizeof(Integer))) return false;
    Integer result = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      result |= static_cast<Integer>(static_cast<Integer>(bytes_[at_ + i]) << (8 * i));
    }
    value = result;
    at_ += sizeof(Integer);
    return true;
  }
  // Every element takes a byte or more, so a count beyond what is left cannot be true.
  bool read_count(std::uint32_t& count) {
    const std::size_t start = at_;
    if (!read_integer(count)) return false;
    if (count <= bytes_.size() - at_) return true;
    at_ = start;
    fail("a count that fits the file");
    return false;
  }
  template <class Field>
  void read(Field& field);
  void read(std::string& text) {
    std::uint32_t size = 0;
    if (!read_count(size)) return;
    text.assign(reinterpret_cast<const char*>(bytes_.data()) + at_, size);
    at_ += size;
  }
  template <class Element>
  void read(std::vector<Element>& elements) {
    std::uint32_t count = 0;
    const std::size_t start = at_;
    if (!read_count(count)) return;
    if (count > kMaxElements - elements_) {
      at_ = start;
      return fail("fewer entries");
    }
    elements_ += count;
    // Grows with what was read: a large count of large elements is believed only as they come.
    for (std::uint32_t i = 0; i < count && !fault_; ++i) read(elements.emplace_back());
  }
  template <class Inner>
  void read(std::optional<Inner>& inner) {
    bool there = false;
    read(there);
    if (there && !fault_) read(inner.emplace());
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  std::size_t elements_ = 0;  // read so far, in all tables
  std::optional<DecodeFault> fault_;
};

// ---- fields ----
// `Any` is a struct, const for the Writer.

template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

void fields(auto& archive, Is<SourcePlace> auto& x) { archive(x.file, x.line, x.column); }
void fields(auto& archive, Is<Enumeration> auto& x) { archive(x.name, x.ordered, x.members); }
void fields(auto& archive, Is<Column> auto& x) { archive(x.name, x.type, x.optional); }
void fields(auto& archive, Is<RowTable> auto& x) {
  archive(x.name, x.first_column, x.column_count, x.keyed);
}
void fields(auto& archive, Is<Type> auto& x) { archive(x.kind, x.index, x.dimension); }
void fields(auto& archive, Is<Value> auto& x) { archive(x.low, x.high); }
void fields(auto& archive, Is<Instruction> auto& x) { archive(x.op, x.a, x.b, x.c, x.d); }
void fields(auto& archive, Is<Input> auto& x) {
  archive(x.kind, x.name, x.type, x.optional, x.metric, x.fallback, x.minimum, x.maximum, x.baseline,
          x.place);
}
void fields(auto& archive, Is<BaselineRule> auto& x) {
  archive(x.kind, x.aggregate, x.seconds, x.releases);
}
void fields(auto& archive, Is<LabelSet> auto& x) { archive(x.labels); }
void fields(auto& archive, Is<Metric> auto& x) {
  archive(x.name, x.doc, x.type, x.better, x.counter, x.interval_seconds, x.stale_seconds, x.needs,
          x.bounded, x.minimum, x.maximum, x.baseline, x.baseline_input, x.place, x.label_set,
          x.gone_seconds);
}
void fields(auto& archive, Is<TracePoint> auto& x) {
  archive(x.cell, x.begin, x.length, x.type, x.leaf);
}
void fields(auto& archive, Is<Comparison> auto& x) {
  archive(x.value, x.limit, x.op, x.swapped, x.negated, x.type, x.begin, x.length);
}
void fields(auto& archive, Is<Block> auto& x) {
  archive(x.first, x.count, x.result, x.base_metric, x.reads_metrics, x.across_stages, x.text,
          x.traces, x.comparisons, x.windows, x.place);
}
void fields(auto& archive, Is<SourceField> auto& x) { archive(x.fact, x.at, x.unit); }
void fields(auto& archive, Is<QueryPart> auto& x) { archive(x.hole, x.text, x.input, x.quote); }
void fields(auto& archive, Is<MetricQuery> auto& x) {
  archive(x.metric, x.track, x.text, x.unit, x.of_all, x.place);
}
void fields(auto& archive, Is<SourceOption> auto& x) { archive(x.name, x.is_file, x.value); }
void fields(auto& archive, Is<Source> auto& x) {
  archive(x.name, x.format, x.files, x.fields, x.queries, x.address_in_environment, x.options, x.place);
}
void fields(auto& archive, Is<Role> auto& x) {
  archive(x.name, x.title, x.has_members, x.members, x.fact, x.place);
}
void fields(auto& archive, Is<Confirm> auto& x) {
  archive(x.count, x.role, x.members, x.other_than, x.within_seconds, x.or_not_applicable);
}
void fields(auto& archive, Is<Waiver> auto& x) {
  archive(x.target, x.rules, x.scope, x.until, x.by, x.because, x.members, x.place);
}
void fields(auto& archive, Is<Clause> auto& x) {
  archive(x.verb, x.condition, x.or_rollback, x.if_missing, x.missing_for_seconds,
          x.if_baseline_missing, x.baseline_missing_for_seconds, x.if_empty, x.confirm, x.place);
}
void fields(auto& archive, Is<Override> auto& x) {
  archive(x.what, x.target, x.because, x.from, x.to, x.place);
}
void fields(auto& archive, Is<ScorePart> auto& x) { archive(x.worth, x.full, x.half, x.place); }
void fields(auto& archive, Is<Rule> auto& x) {
  archive(x.id, x.title, x.kind, x.gate, x.scope, x.phase, x.rollout, x.first_stage, x.last_stage, x.only_if,
          x.clauses, x.reads_metrics, x.is_final, x.trial, x.doc, x.why, x.evidence, x.severity,
          x.owner, x.waivable_by, x.covers, x.overrides, x.place, x.trial_until, x.parts, x.each);
}
void fields(auto& archive, Is<Anchor> auto& x) {
  archive(x.from_deployment, x.offset_seconds, x.block, x.text);
}
void fields(auto& archive, Is<Phase> auto& x) {
  archive(x.name, x.title, x.kind, x.opens, x.closes, x.only_if, x.after_rollback, x.place);
}
void fields(auto& archive, Is<Stage> auto& x) {
  archive(x.name, x.share, x.bake_seconds, x.at_most_seconds, x.at_most_outcome, x.settle_seconds,
          x.only_if, x.place, x.title, x.run);
}
void fields(auto& archive, Is<Rollout> auto& x) { archive(x.name, x.title, x.stages, x.place); }
void fields(auto& archive, Is<Choice> auto& x) { archive(x.rollout, x.condition, x.place); }
void fields(auto& archive, Is<TextPart> auto& x) { archive(x.text, x.hole); }
void fields(auto& archive, Is<ProcedureStep> auto& x) {
  archive(x.name, x.title, x.owner, x.why, x.only_if, x.run, x.checks, x.place);
}
void fields(auto& archive, Is<Procedure> auto& x) {
  archive(x.id, x.title, x.doc, x.owner, x.why, x.evidence, x.severity, x.covers, x.rules, x.only_if,
          x.steps, x.place);
}
void fields(auto& archive, Is<Recipient> auto& x) { archive(x.name, x.is_role, x.members); }
void fields(auto& archive, Is<Message> auto& x) {
  archive(x.name, x.text, x.recipients, x.channels, x.opens, x.closes, x.within_seconds, x.every_seconds,
          x.while_true, x.on_rules, x.rules, x.only_if, x.scope, x.phase, x.rollout, x.first_stage,
          x.last_stage, x.doc, x.why, x.evidence, x.severity, x.owner, x.covers, x.place);
}
void fields(auto& archive, Is<Policy> auto& x) {
  archive(x.id, x.title, x.owner, x.doc, x.applies, x.trial, x.parents, x.phases, x.rollouts, x.rules,
          x.overrides, x.waivers, x.parameters, x.place, x.trial_until, x.strategy,
          x.procedures, x.messages);
}
void fields(auto& archive, Is<SourceFileInfo> auto& x) { archive(x.name, x.digest); }
void fields(auto& archive, Is<Program> auto& x) {
  archive(x.strings, x.unit_names, x.enumerations, x.row_tables, x.columns, x.regexes, x.constants,
          x.constant_types, x.inputs, x.temporaries, x.arguments, x.label_sets, x.metrics, x.code, x.places, x.blocks,
          x.sources, x.roles, x.policies, x.files, x.digest);
}

// ---- single values ----

template <class Field>
void Writer::write(const Field& field) {
  if constexpr (std::is_same_v<Field, bool>) {
    write_integer(static_cast<std::uint8_t>(field));
  } else if constexpr (std::is_enum_v<Field>) {
    write_integer(static_cast<std::underlying_type_t<Field>>(field));
  } else if constexpr (std::is_same_v<Field, std::int64_t>) {
    write_integer(static_cast<std::uint64_t>(field));
  } else if constexpr (std::is_integral_v<Field>) {
    static_assert(std::is_unsigned_v<Field>);
    write_integer(field);
  } else if constexpr (std::is_same_v<Field, Decimal>) {
    write_integer(field.low_word());
    write_integer(static_cast<std::uint64_t>(field.high_word()));
  } else if constexpr (std::is_same_v<Field, Dimension>) {
    for (const std::int8_t exponent : field.exponents) {
      write_integer(static_cast<std::uint8_t>(exponent));
    }
  } else {
    fields(*this, field);
  }
}

template <class Field>
void Reader::read(Field& field) {
  if constexpr (std::is_same_v<Field, bool>) {
    std::uint8_t byte = 0;
    if (!read_integer(byte)) return;
    if (byte > 1) return fail("0 or 1");
    field = byte == 1;
  } else if constexpr (std::is_enum_v<Field>) {
    std::underlying_type_t<Field> value = 0;
    if (!read_integer(value)) return;
    static_assert(kCountOf<Field> > 0, "say how many values the enum has");
    if (value >= kCountOf<Field>) return fail("one of the values there are");
    field = static_cast<Field>(value);
  } else if constexpr (std::is_same_v<Field, std::int64_t>) {
    std::uint64_t value = 0;
    if (read_integer(value)) field = static_cast<std::int64_t>(value);
  } else if constexpr (std::is_integral_v<Field>) {
    static_assert(std::is_unsigned_v<Field>);
    read_integer(field);
  } else if constexpr (std::is_same_v<Field, Decimal>) {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    if (!read_integer(low) || !read_integer(high)) return;
    const auto units = static_cast<Int128>(static_cast<UInt128>(high) << 64 | low);
    if (!Decimal::in_range(units)) return fail("a number in range");
    field = Decimal::from_raw(units);
  } else if constexpr (std::is_same_v<Field, Dimension>) {
    for (std::int8_t& exponent : field.exponents) {
      std::uint8_t byte = 0;
      if (!read_integer(byte)) return;
      exponent = static_cast<std::int8_t>(byte);
    }
  } else {
    fields(*this, field);
  }
}

std::uint64_t little_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
  return value;
}

void append_integer(std::vector<std::uint8_t>& bytes, std::uint64_t value) {
  for (std::size_t i = 0; i < 8; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::optional<DecodeFault> check_header(std::span<const std::uint8_t> bytes) {
  if (!looks_like_program(bytes)) return DecodeFault{0, "expected \"DPOLC\" and a line end"};
  if (bytes.size() < kHeaderBytes) return DecodeFault{bytes.size(), "expected the whole header"};
  if (bytes.size() > kMaxFileBytes) return DecodeFault{0, "expected a file of at most 64 MiB"};
  std::size_t at = kMagic.size();
  if (little_endian(bytes.subspan(at)) != kFormatVersion) {
    return DecodeFault{at, "expected the format of this version of dpol: compile the policy again"};
  }
  at += 8;
  const std::span body = bytes.subspan(kHeaderBytes);
  if (little_endian(bytes.subspan(at)) != body.size()) {
    return DecodeFault{at, "expected the length of what follows"};
  }
  at += 8;
  const Digest digest = sha256(body);
  if (!std::ranges::equal(digest, bytes.subspan(at, kDigestBytes))) {
    return DecodeFault{at, "expected the SHA-256 of what follows: the file is damaged"};
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t format_version() { return kFormatVersion; }

std::vector<std::uint8_t> encode(const Program& program) {
  Writer writer;
  writer(program);
  const std::vector<std::uint8_t> body = writer.take();
  std::vector<std::uint8_t> file(kMagic.begin(), kMagic.end());
  append_integer(file, kFormatVersion);
  append_integer(file, body.size());
  const Digest digest = sha256(body);
  file.insert(file.end(), digest.begin(), digest.end());
  file.insert(file.end(), body.begin(), body.end());
  return file;
}

std::variant<Program, DecodeFault> decode(std::span<const std::uint8_t> bytes) {
  if (auto fault = check_header(bytes)) return *std::move(fault);
  Reader reader(bytes, kHeaderBytes);
  Program program;
  reader(program);
  if (reader.fault()) return *reader.fault();
  if (!reader.at_end()) return DecodeFault{reader.offset(), "expected the end of the file"};
  if (const auto fault = verify(program)) return DecodeFault{kHeaderBytes, fault->what};
  return program;
}

bool looks_like_program(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= kMagic.size() && std::ranges::equal(kMagic, bytes.first(kMagic.size()),
                                                             [](char a, std::uint8_t b) {
                                                               return static_cast<std::uint8_t>(a) == b;
                                                             });
}

}  // namespace dpol::program
