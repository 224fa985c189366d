// Windows over blocks and aggregates over series.

#include <cassert>

#include "runtime/vm/state.h"

namespace dpol::vm {

using program::Aggregate;
using program::BirthKind;
using program::Birthplace;
using program::BlockId;
using program::Decimal;
using program::DecimalSum;
using program::Fault;
using program::Instruction;
using program::kNone;
using program::kTrackCount;
using program::Opcode;
using program::Track;
using program::Value;

namespace {

// What it costs to compare a sample with all others, about.
constexpr std::size_t kRankCost = 32;

// Tracks that have samples of their own: candidate and stable.
constexpr std::uint32_t kSampledTracks = 2;

Truth truth_of(Value value) {
  if (value.is_unknown()) return Truth::is_unknown;
  return value.is_true() ? Truth::is_true : Truth::is_false;
}

Context at_instant(Context context, Instant at) {
  context.at = at;
  return context;
}

// Whole seconds or not, a window as long as its constant says.
Instant window_length(Value seconds) { return nanoseconds_above(seconds.as_number()); }

}  // namespace

void Totals::add(Judged element) {
  trues += static_cast<std::uint32_t>(element.truth == Truth::is_true);
  unknowns += static_cast<std::uint32_t>(element.truth == Truth::is_unknown);
  cost += element.cost;
}

// Counts before the first are negative: they wrap, and their differences come out right.
void Totals::take(Judged element) {
  trues -= static_cast<std::uint32_t>(element.truth == Truth::is_true);
  unknowns -= static_cast<std::uint32_t>(element.truth == Truth::is_unknown);
  cost -= element.cost;
}

// ---- sites ----

// Whether the block gives something else for other label values.
bool Machine::State::depends_on_member(const program::Block& block) const {
  for (std::uint32_t i = block.first; i < block.first + block.count; ++i) {
    const Instruction& instruction = program->code[i];
    if (program::is_window(instruction.op) || program::is_list_loop(instruction.op)) {
      if (reads_member[instruction.d]) return true;
      continue;
    }
    const bool reads = instruction.op == Opcode::sample || program::reads_samples(instruction.op);
    if (!reads && instruction.op != Opcode::baseline) continue;
    const MetricInfo& metric = metrics[instruction.d / kTrackCount];
    if (metric.has_labels || (reads && metric.needs != kNone && reads_member[metric.needs])) return true;
  }
  return false;
}

void Machine::State::prepare_sites() {
  for (const program::Block& block : program->blocks) {
    reads_member.push_back(depends_on_member(block));
  }
  // Instructions that look back over the same block, or the same series, share what is found.
  std::vector<std::uint32_t> of_block(blocks.size(), kNone);
  std::vector<std::uint32_t> of_series(metrics.size() * kTrackCount, kNone);
  for (std::size_t i = 0; i < program->code.size(); ++i) {
    const Instruction& instruction = program->code[i];
    Site site;
    if (program::is_window(instruction.op)) {
      site.block = instruction.d;
      site.metric = program->blocks[instruction.d].base_metric;
      site.reads_member = metrics[site.metric].has_labels || reads_member[instruction.d];
    } else if (program::reads_samples(instruction.op)) {
      site.metric = instruction.d / kTrackCount;
      const BlockId needs = metrics[site.metric].needs;
      site.reads_context = needs != kNone;
      site.reads_member = metrics[site.metric].has_labels || (needs != kNone && reads_member[needs]);
      const auto aggregate = static_cast<Aggregate>(instruction.c);
      metrics[site.metric].summed |=
          instruction.op == Opcode::aggregate &&
          (aggregate == Aggregate::avg || aggregate == Aggregate::sum);
      ranks = ranks || program::is_ranking(instruction.op);
    } else {
      continue;
    }
    metrics[site.metric].thinned = true;
    std::uint32_t& known =
        site.block != kNone ? of_block[site.block] : of_series[instruction.d];
    if (known == kNone) {
      known = static_cast<std::uint32_t>(sites.size());
      sites.push_back(site);
    }
    site_of[i] = known;
  }
  own_sites = sites.size();
}

void Machine::State::load_series() {
  const std::vector<Channel>& channels = snapshot->channels();
  series_info.assign(channels.size() * kSampledTracks, {});
  stable_info.assign(channels.size(), {});
  std::size_t most = 0;
  for (std::uint32_t i = 0; i < series_info.size(); ++i) {
    const MetricInfo& metric = metrics[channels[i / kSampledTracks].metric];
    const Series& series =
        snapshot->series(i / kSampledTracks * kTrackCount + i % kSampledTracks);
    if (i % kSampledTracks != 0) most = std::max(most, series.times.size());
    if (!metric.thinned) continue;
    SeriesInfo& info = series_info[i];
    info.thinned.build(series, metric.spacing);
    most = std::max(most, info.thinned.position_count());
    if (!metric.summed) continue;
    info.sums.resize(info.thinned.position_count() + 1);
    for (std::uint32_t p = 0; p < info.thinned.position_count(); ++p) {
      info.sums[p + 1] = info.sums[p];
      const Value value = series.values[info.thinned.raw_at(p)];
      if (!value.is_unknown()) info.sums[p + 1].add(value.as_number());
    }
  }
  scratch.resize(most);
  if (ranks) ranked.resize(2 * std::min(most, kMostRanked));
  // All lists of a run may stand at once, and one may be begun, for what a sample needs, while another is.
  const auto lists = static_cast<std::size_t>(std::ranges::count(program->code, Opcode::all_series, &Instruction::op));
  const std::size_t members = snapshot->members().size();
  listed.clear();
  listed.reserve(members * (1 + program::kMaxBlockDepth));
  built.reserve(lists * members);
}

void Machine::State::load_sites() {
  std::size_t bytes_left = window_bytes;
  sites.resize(own_sites);
  for (Site& site : sites) make_room(site, kNone, bytes_left);
  for (std::size_t i = 0; i < own_sites; ++i) {
    if (sites[i].reads_member && !snapshot->members().empty()) make_member_sites(i, bytes_left);
  }
}

// One for each member: whoever goes from series to series finds what it kept.
void Machine::State::make_member_sites(std::size_t of, std::size_t& bytes_left) {
  const Site& own = sites[of];
  Site empty;
  empty.block = own.block;
  empty.metric = own.metric;
  empty.reads_context = own.reads_context;
  empty.reads_member = true;
  const std::size_t members = snapshot->members().size();
  const bool fit = members * sizeof(Site) <= bytes_left;
  sites[of].first_member = static_cast<std::uint32_t>(sites.size());
  sites[of].one_for_all = !fit;
  if (!fit) return sites.push_back(std::move(empty));
  bytes_left -= members * sizeof(Site);
  for (std::uint32_t member = 0; member < members; ++member) {
    make_room(empty, member, bytes_left);
    sites.push_back(empty);
  }
}

Site& Machine::State::site_at(const Instruction* instruction, const Context& context) {
  Site& site = sites[site_of[static_cast<std::size_t>(instruction - program->code.data())]];
  if (context.member == kNone || site.first_member == kNone) return site;
  return sites[site.first_member + (site.one_for_all ? 0 : context.member)];
}

void Machine::State::make_room(Site& site, std::uint32_t member, std::size_t& bytes_left) const {
  std::size_t raw = 0;
  std::size_t elements = 0;
  for (const bool compared : {false, true}) {
    for (const Track track : {Track::candidate, Track::stable}) {
      const Thinned& thinned = thinned_of(snapshot->series_index(site.metric, track, member, compared));
      raw = std::max(raw, thinned.raw_count());
      elements = std::max(elements, thinned.element_count());
    }
  }
  const std::size_t bytes = raw * sizeof(Judged) + (elements + 1) * sizeof(Totals);
  site.has_frame = false;
  site.first_member = kNone;
  site.cached = bytes <= bytes_left;
  site.judged.clear();
  site.totals.clear();
  if (!site.cached) return;
  bytes_left -= bytes;
  site.judged.resize(raw);
  site.totals.resize(elements + 1);
}

const Thinned& Machine::State::thinned_of(std::uint32_t series) const {
  assert(series % kTrackCount < kSampledTracks);
  return series_info[series / kTrackCount * kSampledTracks + series % kTrackCount].thinned;
}

const Series& Machine::State::series_of(const Site& site) const {
  return snapshot->series(site.series);
}

Birthplace Machine::State::born_at(const Site& site) const {
  return {BirthKind::series, site.series};
}

// Makes what the site has kept fit the context, or forgets it.
void Machine::State::enter(Site& site, const Context& body, std::uint32_t series) {
  const Frame frame = {body.fresh_from, body.aggregates_from, body.until,
                       body.bare,       body.stable_from,     body.stable_to,
                       site.reads_member ? body.member : kNone};
  const bool same = site.has_frame && site.series == series &&
                    (!site.reads_context || site.frame == frame);
  if (same) return;
  site.has_frame = true;
  site.frame = frame;
  site.series = series;
  site.filled_from = 0;
  site.filled_to = 0;
  std::ranges::fill(site.judged, Judged{});
}

// The body's value at a raw sample; for fitness true, or why the sample is unfit.
Value Machine::State::value_at(const Site& site, std::uint32_t raw, const Context& body) {
  const Series& series = series_of(site);
  if (site.block != kNone) return judge_block(site.block, at_instant(body, series.times[raw]));
  charge(1);
  const Value value = series.values[raw];
  if (value.is_unknown()) return value;
  return needs_of(site.metric, born_at(site).index, at_instant(body, series.times[raw]));
}

Judged Machine::State::judge(Site& site, std::uint32_t raw, const Context& body) {
  if (site.cached && site.judged[raw].truth != Truth::not_judged) {
    charge(site.judged[raw].cost);
    return site.judged[raw];
  }
  const std::uint64_t before = steps;
  const Truth truth = truth_of(value_at(site, raw, body));
  const Judged result = {truth, static_cast<std::uint32_t>(steps - before)};
  if (site.cached && !spent) site.judged[raw] = result;
  return result;
}

Judged Machine::State::judge_element(Site& site, std::uint32_t element, const Context& body) {
  const std::uint32_t raw = thinned_of(site.series).element(element);
  if (raw != Thinned::kGap) return judge(site, raw, body);
  charge(1);
  return {Truth::is_unknown, 1};
}

// Running totals from `from` to `to`, kept ones extended at either end. Only elements inside are
// judged, so what is spent here is never more than the window's whole cost.
void Machine::State::fill(Site& site, std::uint32_t from, std::uint32_t to, const Context& body) {
  const bool apart = from > site.filled_to || to < site.filled_from;
  if (apart || site.filled_from == site.filled_to) {
    site.filled_from = from;
    site.filled_to = from;
    site.totals[from] = {};
  }
  while (site.filled_to < to) {
    Totals next = site.totals[site.filled_to];
    next.add(judge_element(site, site.filled_to, body));
    if (spent) return;
    site.totals[++site.filled_to] = next;
  }
  while (site.filled_from > from) {
    Totals next = site.totals[site.filled_from];
    next.take(judge_element(site, site.filled_from - 1, body));
    if (spent) return;
    site.totals[--site.filled_from] = next;
  }
}

Totals Machine::State::total(Site& site, std::uint32_t from, std::uint32_t to, const Context& body) {
  if (from == to) return {};
  if (!site.cached) {
    Totals totals;
    for (std::uint32_t i = from; i < to && !spent; ++i) totals.add(judge_element(site, i, body));
    return totals;
  }
  const std::uint64_t before = steps;
  fill(site, from, to, body);
  if (spent) return {};
  steps = before;
  const Totals totals = site.totals[to] - site.totals[from];
  charge(totals.cost);
  return totals;
}

// Why the newest unknown element of [from, to), which has one, is unknown.
Value Machine::State::newest_unknown(Site& site, std::uint32_t from, std::uint32_t to,
                                     const Context& body) {
  std::uint32_t newest = to - 1;
  if (site.cached) {
    const auto first = site.totals.begin() + from;
    const std::uint32_t all = site.totals[to].unknowns;
    const auto last = std::partition_point(first, site.totals.begin() + to,
                                           [all](const Totals& t) { return t.unknowns != all; });
    newest = static_cast<std::uint32_t>(last - site.totals.begin()) - 1;
  } else {
    while (newest > from && judge_element(site, newest, body).truth != Truth::is_unknown) --newest;
  }
  const std::uint32_t raw = thinned_of(site.series).element(newest);
  if (raw == Thinned::kGap) return Value::unknown(Fault::gap, born_at(site));
  return value_at(site, raw, body);
}

// ---- windows ----

Context Machine::State::body_context(BlockId body, const Context& context) const {
  Context result = context;
  if (program->blocks[body].across_stages) result.fresh_from = context.aggregates_from;
  return result;
}

// Nobody knows how many samples a gap or a silent end hides: they fill what the window can still
// hold, and nothing older counts.
Look look_at_newest(const View& view, std::uint64_t wanted) {
  Look look;
  look.view = view;
  look.missing = wanted;
  if (view.empty()) return look;
  --look.missing;
  look.stale = view.stale;
  if (look.stale) return look;
  look.head = true;
  if (look.missing == 0 || view.begin == view.end) return look;
  look.head_gap = gap_before_head(view, view.begin);
  if (look.head_gap) {
    --look.missing;
    return look;
  }
  const std::uint32_t oldest = view.samples->element_of(view.begin);
  look.to = view.samples->element_of(view.end - 1) + 1;
  const std::uint64_t there = std::min<std::uint64_t>(look.to - oldest, look.missing);
  look.from = std::max(look.to - static_cast<std::uint32_t>(there), view.samples->newest_gap(look.to));
  look.missing -= look.to - look.from;
  return look;
}

// All there are: samples not yet taken do not count once there is one, those that silence hides do.
Look look_at_all(const View& view, std::uint64_t wanted) {
  Look look;
  look.view = view;
  // Before the first sample nothing is known, as of a metric that is read by itself.
  look.missing = wanted;
  if (view.empty()) return look;
  look.stale = view.stale;
  look.head = true;
  look.head_gap = gap_before_head(view, view.begin);
  bool hidden = look.stale || look.head_gap;
  if (view.begin < view.end) {
    look.from = view.samples->element_of(view.begin);
    look.to = view.samples->element_of(view.end - 1) + 1;
    hidden = hidden || view.samples->newest_gap(look.to) > look.from;
  }
  look.missing = hidden ? wanted : 0;
  return look;
}

Look look_back_to(const View& view, Instant start) {
  Look look;
  look.view = view;
  if (view.empty()) {
    look.missing = 1;
    return look;
  }
  look.head = true;
  look.stale = view.stale;
  if (view.head_time <= start) return look;
  const std::uint32_t after = view.samples->first_at_or_after(view.begin, view.end, start + 1);
  const std::uint32_t from = after > view.begin ? after - 1 : after;
  look.missing = after > view.begin ? 0 : 1;
  if (from == view.end) return look;
  look.from = view.samples->element_of(from);
  look.to = view.samples->element_of(view.end - 1) + 1;
  look.head_gap = gap_before_head(view, from);
  return look;
}

Look Machine::State::look_of(const Instruction& instruction, const Context& body) const {
  const std::uint32_t metric = program->blocks[instruction.d].base_metric;
  const Thinned& thinned = thinned_of(snapshot->series_index(metric, body.bare, body.member, false));
  const View view = view_of(thinned, body.at, body.fresh_from, body.until);
  if (instruction.op == Opcode::for_time) {
    return look_back_to(view, minus(body.at, window_length(cells[instruction.b])));
  }
  if (instruction.op == Opcode::for_samples) return look_at_newest(view, instruction.b);
  if (instruction.op == Opcode::of_samples) return look_at_newest(view, instruction.c);
  return look_at_all(view, instruction.b);
}

Value Machine::State::window(const Instruction& instruction, Site& site, const Context& context) {
  const Context body = body_context(site.block, context);
  enter(site, body, snapshot->series_index(site.metric, body.bare, body.member, false));
  const Look look = look_of(instruction, body);
  const Judged head = look.head ? judge(site, look.view.head, body) : Judged{};
  const Totals before = total(site, look.from, look.to, body);
  if (spent) return Value::unknown(Fault::step_budget);

  Totals all = before;
  all.add(head);
  const std::uint64_t trues = all.trues;
  const std::uint64_t unknowns = std::uint64_t{all.unknowns} +
                                 static_cast<std::uint64_t>(look.head_gap) +
                                 static_cast<std::uint64_t>(look.stale);
  const bool counts = instruction.op == Opcode::of_samples || instruction.op == Opcode::in_samples;
  if (counts) {
    if (trues >= instruction.b) return Value::boolean(true);
    if (trues + unknowns + look.missing < instruction.b) return Value::boolean(false);
  } else {
    if (trues + unknowns < look.count()) return Value::boolean(false);
    if (unknowns + look.missing == 0) return Value::boolean(true);
  }
  return window_unknown(site, look, head, before, body);
}

// Of several reasons the newest.
Value Machine::State::window_unknown(Site& site, const Look& look, Judged head, Totals before,
                                     const Context& body) {
  const Birthplace here = born_at(site);
  if (look.stale) return Value::unknown(Fault::stale, here);
  if (head.truth == Truth::is_unknown) return value_at(site, look.view.head, body);
  if (look.head_gap) return Value::unknown(Fault::gap, here);
  if (before.unknowns > 0) return newest_unknown(site, look.from, look.to, body);
  if (series_of(site).times.empty()) return Value::unknown(Fault::no_series, here);
  return Value::unknown(look.view.empty() ? Fault::no_sample : Fault::window_open, here);
}

// ---- aggregates ----

Value Machine::State::aggregate(const Instruction& instruction, Site& site,
                                const Context& context) {
  const auto aggregate = static_cast<Aggregate>(instruction.c);
  const bool bare = instruction.d % kTrackCount == static_cast<std::uint32_t>(Track::candidate);
  Context body = context;
  body.fresh_from = context.aggregates_from;
  enter(site, body,
        snapshot->series_index(site.metric, bare ? context.bare : Track::stable, context.member, !bare));
  const Birthplace here = born_at(site);
  const Series& series = series_of(site);
  if (series.times.empty()) return Value::unknown(Fault::no_series, here);

  const Thinned& thinned = thinned_of(site.series);
  const View view = view_of(thinned, context.at, context.aggregates_from, context.until);
  const Instant start = minus(context.at, window_length(cells[instruction.b]));
  const bool inside = !view.empty() && view.head_time > start;
  if (aggregate == Aggregate::count) {
    const std::uint32_t from = inside ? thinned.first_at_or_after(view.begin, view.end, start + 1) : 0;
    return Value::number(Decimal::from_int64(inside ? count_known(site, view, from, body) : 0));
  }
  if (!view.empty() && view.stale) return Value::unknown(Fault::stale, here);
  if (!inside) return Value::unknown(Fault::no_sample, here);
  std::uint32_t from = thinned.first_at_or_after(view.begin, view.end, start + 1);
  if (uses_start(aggregate) && from > view.begin &&
      minus(start, thinned.time_at(from - 1)) <= thinned.stale()) {
    --from;
  }
  const Value unfit = aggregate_unknown(site, view, from, body);
  if (unfit.is_unknown()) return unfit;
  const Value result = aggregate_known(aggregate, site, view, from);
  if (!result.is_unknown() || result.fault() != Fault::no_sample) return result;
  return Value::unknown(Fault::no_sample, here);
}

std::uint32_t Machine::State::count_known(Site& site, const View& view, std::uint32_t from,
                                          const Context& body) {
  Totals known;
  if (from < view.end) {
    known = total(site, view.samples->element_of(from), view.samples->element_of(view.end - 1) + 1,
                  body);
  }
  known.add(judge(site, view.head, body));
  return known.trues;
}

// Why the samples from position `from` to the head are no basis for an aggregate; else true.
Value Machine::State::aggregate_unknown(Site& site, const View& view, std::uint32_t from,
                                        const Context& body) {
  if (judge(site, view.head, body).truth != Truth::is_true) {
    return value_at(site, view.head, body);
  }
  if (gap_before_head(view, from)) return Value::unknown(Fault::gap, born_at(site));
  if (from == view.end) return Value::boolean(true);
  const std::uint32_t first = view.samples->element_of(from);
  const std::uint32_t last = view.samples->element_of(view.end - 1) + 1;
  const Totals before = total(site, first, last, body);
  if (spent) return Value::unknown(Fault::step_budget);
  return before.unknowns == 0 ? Value::boolean(true) : newest_unknown(site, first, last, body);
}

Value Machine::State::aggregate_known(Aggregate aggregate, const Site& site, const View& view,
                                      std::uint32_t from) {
  const Series& series = series_of(site);
  const std::size_t count = view.end - from + 1;
  if (aggregate == Aggregate::avg || aggregate == Aggregate::sum) {
    const std::vector<DecimalSum>& sums =
        series_info[site.series / kTrackCount * kSampledTracks + site.series % kTrackCount].sums;
    DecimalSum sum = sums[view.end];
    sum.remove(sums[from]);
    sum.add(series.values[view.head].as_number());
    Decimal result;
    const bool ok = aggregate == Aggregate::avg
                        ? sum.mean(static_cast<std::int64_t>(count), result)
                        : sum.total(result);
    return ok ? Value::number(result) : Value::unknown(Fault::overflow);
  }
  charge(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto position = static_cast<std::uint32_t>(from + i);
    const std::uint32_t raw = position == view.end ? view.head : view.samples->raw_at(position);
    scratch[i] = {series.times[raw], series.values[raw].as_number()};
  }
  return aggregate_of(aggregate, std::span(scratch).first(count));
}

// ---- distributions of two tracks ----

// Puts the samples of a track behind the first ones; else why they are no basis for anything.
Value Machine::State::gather(Site& site, const Instruction& instruction, const Context& context,
                             bool compared, std::size_t first) {
  Context body = context;
  body.fresh_from = context.aggregates_from;
  const Track track = compared ? Track::stable : context.bare;
  enter(site, body, snapshot->series_index(site.metric, track, context.member, compared));
  const Birthplace here = born_at(site);
  const Series& series = series_of(site);
  if (series.times.empty()) return Value::unknown(Fault::no_series, here);
  const Thinned& thinned = thinned_of(site.series);
  const View view = view_of(thinned, context.at, context.aggregates_from, context.until);
  const Instant start = minus(context.at, window_length(cells[instruction.b]));
  if (!view.empty() && view.stale) return Value::unknown(Fault::stale, here);
  if (view.empty() || view.head_time <= start) return Value::unknown(Fault::no_sample, here);
  const std::uint32_t from = thinned.first_at_or_after(view.begin, view.end, start + 1);
  const Value unfit = aggregate_unknown(site, view, from, body);
  if (unfit.is_unknown()) return unfit;
  const std::size_t count = view.end - from + 1;
  if (count < kLeastRanked) return Value::unknown(Fault::window_open, here);
  if (count > kMostRanked) return Value::unknown(Fault::too_large, here);
  charge(count * kRankCost);
  for (std::size_t i = 0; i < count; ++i) {
    const auto position = static_cast<std::uint32_t>(from + i);
    const std::uint32_t raw = position == view.end ? view.head : view.samples->raw_at(position);
    ranked[first + i] = {series.values[raw].as_number(), static_cast<std::uint32_t>(first + i), 0};
  }
  ranked_count = first + count;
  if (first > 0) return Value::boolean(true);
  const auto& times = thinned.times();
  const auto begin = std::lower_bound(times.begin(), times.end(), context.aggregates_from);
  looks = static_cast<std::size_t>(times.begin() + view.head - begin) + 2 - kLeastRanked;
  return Value::boolean(true);
}

// Moves the stable version's values, from `first` on, by the effect, to where the candidate's are worse.
bool Machine::State::shift(const Instruction& instruction, bool above, std::size_t first) {
  const bool share = instruction.op == Opcode::worse_share || instruction.op == Opcode::differs_share;
  const Decimal effect = cells[instruction.c].as_number();
  for (std::size_t i = first; i < ranked_count; ++i) {
    Decimal& value = ranked[i].value;
    Decimal by = effect;
    if (share && !Decimal::mul(value.abs(), effect, by)) return false;
    if (!(above ? Decimal::add(value, by, value) : Decimal::sub(value, by, value))) return false;
  }
  return true;
}

Value Machine::State::ranking(const Instruction& instruction, Site& site, const Context& context) {
  const bool differs = instruction.op == Opcode::differs_share || instruction.op == Opcode::differs_amount;
  const bool lower_is_better = program->metrics[site.metric].better == program::Direction::lower;
  Decimal surest;
  for (const bool above : {true, false}) {
    if (!differs && above != lower_is_better) continue;
    Value known = gather(site, instruction, context, false, 0);
    if (known.is_unknown()) return known;
    const std::size_t ours = ranked_count;
    known = gather(site, instruction, context, true, ours);
    if (known.is_unknown()) return known;
    const Value effect = cells[instruction.c];
    if (effect.is_unknown()) return effect;
    if (effect.as_number().sign() <= 0) return Value::unknown(Fault::bad_argument);
    if (!shift(instruction, above, ours)) return Value::unknown(Fault::overflow);
    surest = std::max(surest, evidence(std::span(ranked).first(ranked_count), ours, above, looks,
                                       differs ? 2 : 1));
  }
  return spent ? Value::unknown(Fault::step_budget) : Value::number(surest);
}

// ---- for reports ----

std::vector<Context> Machine::window_instants(std::size_t instruction, const Context& context,
                                              std::size_t most) const {
  const Instruction& window = state_->program->code[instruction];
  assert(program::is_window(window.op));
  Context body = state_->body_context(window.d, context);
  const Look look = state_->look_of(window, body);
  std::vector<Context> newest_first;
  const auto add = [&](std::uint32_t raw) {
    if (raw == Thinned::kGap || newest_first.size() >= most) return;
    body.at = look.view.samples->times()[raw];
    newest_first.push_back(body);
  };
  if (look.head) add(look.view.head);
  for (std::uint32_t i = look.to; i > look.from && newest_first.size() < most; --i) {
    add(look.view.samples->element(i - 1));
  }
  return {newest_first.rbegin(), newest_first.rend()};
}

}  // namespace dpol::vm
