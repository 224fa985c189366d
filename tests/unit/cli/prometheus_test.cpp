// Sources of metrics, asked: what goes over the wire, and what becomes of every kind of answer. The
// server is one of ours; tests/prometheus runs the same against a real one.

#include <gmock/gmock.h>

#include <chrono>

#include "runtime/prometheus/client.h"
#include "tests/unit/cli/session.h"
#include "tests/unit/support/http_server.h"

namespace dpol::cli {
namespace {

using dpol::testing::HttpServer;
using dpol::testing::Request;
using dpol::testing::Response;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Outcome;

constexpr const char* kAt = "2025-02-13T14:05:30Z";
constexpr std::int64_t kAtMinute = 1'739'455'500;  // 14:05:00

constexpr const char* kShop =
    R"(facts { service string  hash? string  floor? float  span? duration }
metric errors   ratio     lower is better  every 1m
metric latency  duration  lower is better  every 1m

source metrics prometheus env.SHOP_URL {
  candidate { pods = "${service}-${hash}-.*" }
  stable    { pods = "${service}-old-.*" }
  errors  = `100 * sum(rate(e{job="${service}",pod=~"${pods}"}[1m])) > ${floor}` in %
  latency = `histogram_quantile(0.95, sum by (le) (rate(b[${span}])))` in ms
}

policy shop "The shop" {
  rollback broken "Errors" when errors > 5% in 2 of 3 samples
  rollback slow   "Slow"   when latency > baseline + 10% for 2m
}
)";

std::string vector_of(const std::string& value, const std::string& labels = "{}") {
  return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":)" + labels +
         ",\"value\":[" + std::to_string(kAtMinute) + ",\"" + value + "\"]}]}}";
}
constexpr const char* kNothing =
    R"({"status":"success","data":{"resultType":"matrix","result":[]}})";

// One value at every step that was asked for.
std::string matrix_of(const Request& request, const std::string& value,
                      const std::string& labels = "{}") {
  std::string values;
  const double step = std::stod(request.fields.at("step"));
  for (double at = std::stod(request.fields.at("start")); at <= std::stod(request.fields.at("end"));
       at += step)
    values += (values.empty() ? "[" : ",[") + std::to_string(at) + ",\"" + value + "\"]";
  return R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":)" + labels +
         ",\"values\":[" + values + "]}]}}";
}

std::string answer_of(const Request& request, const std::string& value,
                      const std::string& labels = "{}") {
  return request.path.ends_with("_range") ? matrix_of(request, value, labels)
                                          : vector_of(value, labels);
}

class Prometheus : public testing::Session {
 protected:
  void SetUp() override {
    Session::SetUp();
    policy_ = write("shop.dpol", kShop);
  }

  Outcome check(const HttpServer& server, Arguments more = {}) {
    environment_["SHOP_URL"] = server.url();
    Arguments arguments = {"check",  policy_,   "--fact", "service=shop", "--fact", "hash=7d9f",
                           "--fact", "floor=0", "--fact", "span=1m",      "--at",   kAt};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  Outcome run(const Arguments& arguments) {
    return dpol(arguments, [this](Console& console) {
      console.environment = [this](const std::string& name) -> std::optional<std::string> {
        const auto found = environment_.find(name);
        if (found == environment_.end()) return std::nullopt;
        return found->second;
      };
    });
  }
  // A policy with one metric and no windows: one query, at one moment.
  Outcome check_one(const HttpServer& server, Arguments more = {}) {
    policy_ =
        write("one.dpol",
              "facts { service? string  hash? string  floor? float  span? duration }\n"
              "metric load float lower is better every 1m\n"
              "source metrics prometheus env.SHOP_URL { load = `sum(load{job=\"${service}\"})` }\n"
              "policy one { phase before from T-48h { item load require load < 5 } }\n");
    return check(server, std::move(more));
  }

  std::string policy_;
  std::map<std::string, std::string> environment_;
};

std::vector<std::string> fields(const HttpServer& server, const std::string& name) {
  std::vector<std::string> all;
  for (const Request& request : server.requests()) {
    const auto field = request.fields.find(name);
    all.push_back(field == request.fields.end() ? "-" : field->second);
  }
  return all;
}

TEST_F(Prometheus, WindowsAskForARangeThatEndsAtTheMomentJudged) {
  HttpServer server([](const Request& request) { return Response{200, answer_of(request, "1")}; });
  const Outcome go = check(server);
  EXPECT_EQ(go.code, 2);                    // no rollback is due before T is known
  ASSERT_EQ(server.requests().size(), 3U);  // errors of two tracks, latency of all
  for (const Request& request : server.requests()) EXPECT_EQ(request.path, "/api/v1/query_range");
  EXPECT_THAT(fields(server, "end"), Each(std::to_string(kAtMinute) + ".000"));
  // Three samples, and one before them.
  EXPECT_THAT(fields(server, "start"), Each(std::to_string(kAtMinute - 180) + ".000"));
  EXPECT_THAT(fields(server, "step"), Each("60.000"));
}

TEST_F(Prometheus, ARecordedDecisionIsMadeAgainWithoutTheServer) {
  const std::string log = path("decisions.log");
  const std::string kept = path("kept");
  Outcome then;
  {
    HttpServer server([](const Request& request) { return Response{200, answer_of(request, "9")}; });
    then = check(server, {"--deployed-at", "2025-02-13T14:00:00Z", "--log", log, "--keep", kept, "--format", "json"});
    EXPECT_EQ(then.code, 3);
    EXPECT_FALSE(server.requests().empty());
  }
  environment_.clear();
  const Outcome again = run({"check", "--from-log", "1", "--log", log, "--inputs", kept, "--format", "json"});
  EXPECT_EQ(again.code, 3) << again.err;
  EXPECT_EQ(again.out, then.out);
  const Outcome without = run({"check", "--from-log", "1", "--log", log, "--inputs", path("nowhere")});
  EXPECT_EQ(without.code, 5);
  EXPECT_THAT(without.err, AllOf(HasSubstr("(errors)"), HasSubstr("as it was then")));
}

TEST_F(Prometheus, SinceTheDeploymentAndBeforeItForTheBaseline) {
  HttpServer server([](const Request& request) { return Response{200, answer_of(request, "1")}; });
  const Outcome go = check(server, {"--deployed-at", "2025-02-13T14:00:00Z"});
  EXPECT_EQ(go.code, 0) << go.out << go.err;
  EXPECT_THAT(fields(server, "start"),
              ::testing::ElementsAre("1739455200.000", "1739455200.000", "1739451600.000"));
}

TEST_F(Prometheus, UnitsOfAnswersAreThoseOfTheQuery) {
  HttpServer server(
      [](const Request& request) { return Response{200, answer_of(request, "6.5")}; });
  const Outcome back = check(server, {"--deployed-at", "2025-02-13T14:00:00Z"});
  EXPECT_EQ(back.code, 3) << back.out << back.err;
  EXPECT_THAT(back.out, AllOf(HasSubstr("6.5%"), HasSubstr("errors > 5% in 2 of 3 samples")));
}

TEST_F(Prometheus, ABaselineOfItsOwnTrackIsWhatWasBeforeT) {
  policy_ = write("own.dpol",
                  "facts { service string  hash? string  floor? float  span? duration }\n"
                  "metric latency duration lower is better every 1m\n"
                  "source metrics prometheus env.SHOP_URL {\n"
                  "  candidate { who = \"new\" }\n  stable { who = \"old\" }\n"
                  "  latency = `q{who=\"${who}\"}` in ms\n}\n"
                  "policy own { rollback slow when latency > baseline * 1.5 in 2 of 3 samples }\n");
  HttpServer server([](const Request& request) {
    const bool is_new = request.fields.at("query").find("new") != std::string::npos;
    return Response{200, answer_of(request, is_new ? "200" : "100")};
  });
  const Outcome back = check(server, {"--deployed-at", "2025-02-13T14:00:00Z"});
  EXPECT_EQ(back.code, 3) << back.out << back.err;
  EXPECT_THAT(back.out, AllOf(HasSubstr("200ms"), HasSubstr("100ms")));
  EXPECT_THAT(fields(server, "query"),
              ::testing::ElementsAre("q{who=\"new\"}", "q{who=\"old\"}", "q{who=\"old\"}"));
  EXPECT_THAT(fields(server, "end"),
              ::testing::ElementsAre("1739455500.000", "1739455500.000", "1739455140.000"));
}

TEST_F(Prometheus, ANameOfAServiceIsNoQuery) {
  HttpServer server([](const Request& request) { return Response{200, answer_of(request, "1")}; });
  check(server, {"--fact", "service=x\"} or vector(1) #", "--fact", "hash=a|b\\.*\n"});
  EXPECT_THAT(fields(server, "query"),
              Contains("100 * sum(rate(e{job=\"x\\\"} or vector(1) #\","
                       "pod=~\"x\\\"\\\\} or vector\\\\(1\\\\) "
                       "#-a\\\\|b\\\\\\\\\\\\.\\\\*\\x0a-.*\"}[1m])) > 0"));
}

TEST_F(Prometheus, WhatAFactDoesNotSayIsNotAsked) {
  HttpServer server([](const Request& request) { return Response{200, answer_of(request, "1")}; });
  environment_["SHOP_URL"] = server.url();
  const Outcome hold =
      run({"check", policy_, "--fact", "service=", "--fact", "floor=0", "--at", kAt});
  EXPECT_EQ(hold.code, 2);
  EXPECT_TRUE(server.requests().empty());
  EXPECT_THAT(hold.err,
              AllOf(HasSubstr("source metrics: errors is not asked for: service is empty"),
                    HasSubstr("source metrics: latency is not asked for: span is unknown")));
}

TEST_F(Prometheus, AMomentIsAskedForWhereNothingLooksBack) {
  HttpServer server([](const Request& request) { return Response{200, answer_of(request, "4")}; });
  const Outcome go = check_one(server);
  EXPECT_EQ(go.code, 0) << go.out << go.err;
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests()[0].path, "/api/v1/query");
  EXPECT_THAT(fields(server, "time"), ::testing::ElementsAre("1739455530.000"));
  EXPECT_EQ(go.err, "");
  EXPECT_THAT(check_one(server, {"--verbose"}).err,
              HasSubstr("note: asked for load at 2025-02-13T14:05:30Z: sum(load{job=\"shop\"})\n"));
}

TEST_F(Prometheus, AnswersThatAreNoNumberAreUnknown) {
  for (const char* value : {"NaN", "+Inf", "-Inf"}) {
    HttpServer server([&](const Request&) { return Response{200, vector_of(value)}; });
    EXPECT_EQ(check_one(server).code, 2) << value;
  }
  HttpServer nothing([](const Request&) { return Response{200, kNothing}; });
  const Outcome hold = check_one(nothing);
  EXPECT_EQ(hold.code, 2);
  EXPECT_THAT(hold.err, HasSubstr("(load): the query found no series for load"));
}

TEST_F(Prometheus, SeveralSeriesAreAnError) {
  HttpServer server([](const Request&) {
    return Response{200, R"({"status":"success","data":{"resultType":"vector","result":[
      {"metric":{"pod":"a"},"value":[1739455500,"1"]},{"metric":{"pod":"b"},"value":[1739455500,"9"]}]}})"};
  });
  const Outcome none = check_one(server);
  EXPECT_EQ(none.code, 5);
  EXPECT_THAT(none.err, AllOf(HasSubstr("load has 2 series where one is expected"),
                              HasSubstr("pod"), HasSubstr("aggregate in the query")));
}

TEST_F(Prometheus, AMetricByLabelsHasASeriesOfEach) {
  const std::string policy =
      write("pods.dpol",
            "metric memory bytes lower is better by pod every 1m\n"
            "source metrics prometheus env.SHOP_URL { memory = `sum by (pod) (mem)` }\n"
            "policy pods { threshold memory each pod { rollback > baseline * 1.5 in 2 of 3 samples } }\n");
  // b grows after T, which is 1739455200.
  HttpServer server([](const Request&) {
    return Response{200, R"({"status":"success","data":{"resultType":"matrix","result":[
      {"metric":{"pod":"b"},"values":[[1739454900,"100"],[1739455260,"200"],[1739455320,"200"]]},
      {"metric":{"pod":"a"},"values":[[1739454900,"100"],[1739455260,"100"],[1739455320,"100"]]}]}})"};
  });
  environment_["SHOP_URL"] = server.url();
  const Outcome back =
      run({"check", policy, "--at", "2025-02-13T14:02:00Z", "--deployed-at", "2025-02-13T14:00:00Z"});
  EXPECT_EQ(back.code, 3) << back.out << back.err;
  EXPECT_THAT(back.out, HasSubstr("pod \"b\", of 2 series"));
  // One query: from an hour before T on, as the time before it is the baseline.
  EXPECT_THAT(fields(server, "start"), ::testing::ElementsAre("1739451600.000"));
}

TEST_F(Prometheus, WarningsAreHandedOn) {
  HttpServer server([](const Request&) {
    std::string body = vector_of("1");
    body.insert(body.size() - 1, R"(,"warnings":["partial answer: store x is away"])");
    return Response{200, body};
  });
  const Outcome go = check_one(server);
  EXPECT_EQ(go.code, 0);
  EXPECT_THAT(go.err, HasSubstr("Prometheus warning: partial answer: store x is away"));
}

TEST_F(Prometheus, ErrorsOfTheServerSayWhichQuery) {
  HttpServer server([](const Request&) {
    return Response{400, R"({"status":"error","errorType":"bad_data","error":"1:5: parse error"})"};
  });
  const Outcome none = check_one(server);
  EXPECT_EQ(none.code, 5);
  EXPECT_THAT(
      none.err,
      AllOf(HasSubstr(" (load): Prometheus answered with an error (bad_data): 1:5: parse error"),
            HasSubstr("nothing was decided")));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(Prometheus, WhatIsNoAnswerOfPrometheus) {
  const std::pair<Response, const char*> answers[] = {
      {{200, "<html>Sign in</html>"}, "expected an answer of Prometheus' HTTP API, found"},
      {{200, R"({"time":"2025-02-13T14:05:00Z","metrics":{"load":1}})"},
       "expected an answer of Prometheus"},
      {{200,
        R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1)"},
       "(load)"},
      {{401, "who are you"},
       "answers with status 401: who asks is not allowed to; SHOP_TOKEN, or SHOP_USER"},
      {{404, "no"}, "there is no Prometheus at this address"},
      {{302, "", "Location: http://elsewhere/login?token=hush\r\n"},
       "sends elsewhere, which is not followed: \"http://elsewhere/login?token=***\""},
  };
  for (const auto& [answer, text] : answers) {
    HttpServer server([&answer = answer](const Request&) { return answer; });
    const Outcome none = check_one(server);
    EXPECT_EQ(none.code, 5) << text;
    EXPECT_THAT(none.err, HasSubstr(text));
    EXPECT_EQ(server.requests().size(), 1U);
  }
}

TEST_F(Prometheus, AServerThatIsNotThere) {
  std::string gone;
  {
    gone = HttpServer([](const Request&) { return Response{}; }).url();
  }
  prometheus::Server server;
  server.address = gone;
  std::vector<std::int64_t> pauses;
  server.retry.wait = [&](std::chrono::milliseconds pause) { pauses.push_back(pause.count()); };
  prometheus::Client client(server);
  inputs::Query query;
  query.name = "load";
  EXPECT_THAT(client.ask(query).fault, HasSubstr("cannot be reached"));
  EXPECT_THAT(pauses, ::testing::ElementsAre(500, 1000, 2000));
  const inputs::Answer second = client.ask(query);
  EXPECT_EQ(second.fault, "");
  EXPECT_FALSE(second.is_there);
  EXPECT_EQ(pauses.size(), 3U);
}

TEST_F(Prometheus, ServersThatFailForAMomentAreAskedAgain) {
  int asked = 0;
  HttpServer server([&](const Request&) {
    ++asked;
    if (asked == 1) return Response{503, "busy", "Retry-After: 2\r\n"};
    if (asked == 2) return Response{429, "later", "Retry-After: Thu, 13 Feb 2025 14:05:00 GMT\r\n"};
    return Response{200, vector_of("1")};
  });
  prometheus::Server to;
  to.address = server.url();
  std::vector<std::int64_t> pauses;
  to.retry.wait = [&](std::chrono::milliseconds pause) { pauses.push_back(pause.count()); };
  EXPECT_TRUE(prometheus::Client(to).ask({}).is_there);
  EXPECT_THAT(pauses, ::testing::ElementsAre(2000, 1000));

  HttpServer busy([](const Request&) { return Response{503, "busy", "Retry-After: 3600\r\n"}; });
  to.address = busy.url();
  const inputs::Answer none = prometheus::Client(to).ask({});
  EXPECT_THAT(none.fault, HasSubstr("status 503"));
  EXPECT_THAT(none.hint, HasSubstr("3600"));
  EXPECT_EQ(busy.requests().size(), 1U);
}

TEST_F(Prometheus, AnswersHaveBounds) {
  prometheus::Server to;
  to.limits.most_bytes = 1000;
  to.limits.total_ms = 200;
  HttpServer large([](const Request&) { return Response{200, std::string(100'000, 'x')}; });
  to.address = large.url();
  EXPECT_THAT(prometheus::Client(to).ask({}).fault, HasSubstr("answers with more than 1000 bytes"));
  HttpServer slow([](const Request&) {
    Response response;
    response.hang = true;
    return response;
  });
  to.address = slow.url();
  EXPECT_THAT(prometheus::Client(to).ask({}).fault, HasSubstr("did not answer in time"));
  EXPECT_EQ(slow.requests().size(), 1U);
}

TEST_F(Prometheus, LongQueriesArePosted) {
  HttpServer server([](const Request&) { return Response{200, vector_of("1")}; });
  prometheus::Server to;
  to.address = server.url() + "/prom/";
  prometheus::Client client(to);
  inputs::Query query;
  query.text = std::string(5000, '+') + "1";
  EXPECT_TRUE(client.ask(query).is_there);
  query.text = "1";
  EXPECT_TRUE(client.ask(query).is_there);
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.requests()[0].method, "POST");
  EXPECT_EQ(server.requests()[0].fields.at("query").size(), 5001U);
  EXPECT_EQ(server.requests()[1].method, "GET");
  EXPECT_EQ(server.requests()[1].path, "/prom/api/v1/query");
}

TEST_F(Prometheus, SecretsGoToTheServerAndNowhereElse) {
  HttpServer server([](const Request&) { return Response{403, "no"}; });
  environment_["SHOP_TOKEN"] = "hush-hush\n";
  const Outcome token = check_one(server, {"--verbose", "--format", "json"});
  EXPECT_THAT(server.requests().at(0).head, HasSubstr("Authorization: Bearer hush-hush"));
  EXPECT_THAT(token.out + token.err, Not(HasSubstr("hush-hush")));
  environment_ = {{"SHOP_USER", "robot"}, {"SHOP_PASSWORD", "p:w"}};
  check_one(server);
  EXPECT_THAT(server.requests().at(1).head, HasSubstr("Authorization: Basic cm9ib3Q6cDp3"));
  // In an address.
  environment_.clear();
  const Outcome url = check_one(server, {"--metrics", "http://robot:p%3Aw@" + server.host()});
  EXPECT_THAT(server.requests().at(2).head, HasSubstr("Authorization: Basic cm9ib3Q6cDp3"));
  EXPECT_THAT(url.out + url.err, Not(HasSubstr("p%3Aw")));
  environment_["SHOP_TOKEN"] = "two\nlines";
  EXPECT_THAT(check_one(server).err, HasSubstr("a line break or a control character"));
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(Prometheus, SecretsAreNotShownBecauseSomebodyQuotesThem) {
  HttpServer server([](const Request&) {
    return Response{
        400,
        R"({"status":"error","errorType":"bad_data","error":"no such tenant: Bearer hush-hush"})"};
  });
  environment_["SHOP_TOKEN"] = "hush-hush";
  const Outcome quoted = check_one(server);
  EXPECT_EQ(quoted.code, 5);
  EXPECT_THAT(quoted.err,
              AllOf(HasSubstr("no such tenant: Bearer ***"), Not(HasSubstr("hush-hush"))));
  // A variable that is none of an address is not shown either.
  environment_ = {{"DEPLOY_KEY", "hush-hush"}};
  const std::string policy =
      write("key.dpol",
            "metric load float\nsource m prometheus env.DEPLOY_KEY { load = `x` }\n"
            "policy p { phase before from T-48h { item a require load < 5 } }\n");
  const Outcome key = run({"check", policy, "--at", kAt});
  EXPECT_EQ(key.code, 5);
  EXPECT_THAT(key.err, AllOf(HasSubstr("what `DEPLOY_KEY` holds is no address"),
                             Not(HasSubstr("hush-hush"))));
}

TEST_F(Prometheus, APolicyDoesNotSayWhereSecretsGo) {
  HttpServer server([](const Request&) { return Response{401, "no"}; });
  environment_ = {{"PROMETHEUS_TOKEN", "hush-hush"}};
  const std::string policy = write(
      "named.dpol",
      "metric load float\nsource m prometheus \"" + server.url() +
          "\" { load = `x` }\npolicy p { phase before from T-48h { item a require load < 5 } }\n");
  const Outcome none = run({"check", policy, "--at", kAt});
  EXPECT_EQ(none.code, 5);
  EXPECT_THAT(none.err, HasSubstr("an address that a policy names is asked without secrets"));
  EXPECT_THAT(server.requests().at(0).head, Not(HasSubstr("Authorization")));
  run({"check", policy, "--at", kAt, "--source", "m=" + server.url()});
  EXPECT_THAT(server.requests().at(1).head, HasSubstr("Bearer hush-hush"));
}

TEST_F(Prometheus, OptionsTakeThePlaceOfTheAddress) {
  HttpServer server([](const Request& request) { return Response{200, answer_of(request, "4")}; });
  const std::string policy =
      write("p.dpol",
            "metric load float\nsource m prometheus env.NOWHERE_URL { load = `x` }\n"
            "policy p { phase before from T-48h { item a require load < 5 } }\n");
  const Outcome unset = run({"check", policy, "--at", kAt});
  EXPECT_EQ(unset.code, 2);
  EXPECT_THAT(unset.err,
              HasSubstr("note: source `m`: `NOWHERE_URL` is not set, so nothing is asked"));
  EXPECT_EQ(run({"check", policy, "--at", kAt, "--metrics", server.url()}).code, 0);
  EXPECT_EQ(run({"check", policy, "--at", kAt, "--source", "m=" + server.url()}).code, 0);
  EXPECT_EQ(server.requests().size(), 2U);
  // A document is read, and what it brings is not asked for.
  const std::string document =
      write("m.ndjson", "{\"time\":\"2025-02-13T14:05:00Z\",\"metrics\":{\"load\":9}}");
  EXPECT_EQ(run({"check", policy, "--at", kAt, "--source", "m=" + document}).code, 1);
  EXPECT_EQ(
      run({"check", policy, "--at", kAt, "--metrics", document, "--metrics", server.url()}).code,
      1);
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(run({"check", policy, "--metrics", server.url(), "--metrics", server.url()}).code, 64);
  const std::string without = write("w.dpol", "facts { a bool }\npolicy w { item a require a }\n");
  EXPECT_THAT(run({"check", without, "--metrics", server.url()}).err,
              HasSubstr("no source of the policy says what to ask"));
}

TEST_F(Prometheus, WithoutAMomentItIsThatOfTheClock) {
  HttpServer server([](const Request& request) { return Response{200, answer_of(request, "4")}; });
  check_one(server);
  const Outcome go = run({"check", policy_, "--fact", "service=shop"});
  EXPECT_EQ(go.code, 0) << go.err;
  EXPECT_THAT(fields(server, "time"), Contains("1739455500.000"));
  EXPECT_THAT(go.out, HasSubstr("clock"));
}

TEST_F(Prometheus, LongSpansAreAskedInParts) {
  HttpServer server([](const Request&) { return Response{200, kNothing}; });
  check(server, {"--deployed-at", "2025-02-05T14:00:00Z"});  // 11,525 minutes
  std::vector<std::string> starts = fields(server, "start");
  EXPECT_EQ(starts.size(), 6U);
  const Outcome none = check(server, {"--deployed-at", "2020-01-01T00:00:00Z"});
  EXPECT_EQ(none.code, 5);
  EXPECT_THAT(none.err, HasSubstr("has more than 300000 samples"));
  EXPECT_EQ(server.requests().size(), 6U);
}

TEST_F(Prometheus, CompiledPoliciesAskTheSame) {
  HttpServer server([](const Request& request) { return Response{200, answer_of(request, "1")}; });
  const std::string compiled = path("shop.dpolc");
  ASSERT_EQ(run({"compile", "-o", compiled, policy_}).code, 0);
  check(server);
  policy_ = compiled;
  check(server);
  const std::vector<std::string> asked = fields(server, "query");
  ASSERT_EQ(asked.size(), 6U);
  EXPECT_TRUE(std::equal(asked.begin(), asked.begin() + 3, asked.begin() + 3));
}

TEST_F(Prometheus, SignOffsAskNobody) {
  HttpServer server([](const Request&) { return Response{500, ""}; });
  environment_["SHOP_URL"] = server.url();
  const std::string policy =
      write("c.dpol",
            "facts { service string }\nmetric load float\n"
            "source m prometheus env.SHOP_URL { load = `x` }\n"
            "policy c { item a confirm by 1 anybody  item b require load < 5 }\n");
  run({"confirm", "a", "--by", "one", "--role", "anybody", policy, "--fact", "service=s", "--state",
       path("s.db")});
  EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace dpol::cli
