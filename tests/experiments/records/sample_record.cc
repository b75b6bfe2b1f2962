#include "tests/experiments/records/sample_record.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

MetricResult SampleMetric(double first, double second) {
  MetricResult metric;
  metric.metric = Metric::kRocAuc;
  metric.values = {first, second};
  metric.mean = (first + second) / 2;
  metric.deviation = 0.01;
  metric.low = 0.1;
  metric.high = 0.9;
  metric.scored_tags = 2;
  metric.undefined_tags = 1;
  metric.by_tag = {{first, first, kUndefined}, {second, second, kUndefined}};
  GroupValues instruments;
  instruments.group = "instrument";
  instruments.tags = 2;
  instruments.values = {first, second};
  metric.by_group = {instruments};
  return metric;
}

ResultRecord SampleResult(const std::string& model, double first,
                          double second) {
  ResultRecord result;
  result.model = model;
  result.dataset = "lyra";
  result.seeds = {0, 18446744073709551615u};
  result.recordings = 3;
  result.metrics = {SampleMetric(first, second)};
  return result;
}

DatasetRecord SampleDataset() {
  DatasetRecord dataset;
  dataset.name = "lyra";
  dataset.title = "Lyra";
  dataset.culture = "greek";
  dataset.synthetic = true;
  dataset.transductive = true;
  dataset.training_recordings = 7;
  dataset.validation_recordings = 2;
  dataset.test_recordings = 3;
  dataset.ids_hash = HashOfIds({"a", "b", "c"});
  dataset.tags = {"instruments--violin", "λύρα, \"kemençe\"", "place--none"};
  dataset.tag_groups = {"instrument", "instrument", ""};
  dataset.tag_positives = {1, 2, 0};
  return dataset;
}

RecordEnvironment SampleEnvironment() {
  RecordEnvironment environment;
  environment.compiler = "g++ 12.2.0";
  environment.libtorch = "2.11.0";
  environment.device = "cpu";
  environment.threads = 2;
  environment.decoders = {"libsndfile 1.2.0"};
  environment.resampler = "libsoxr 0.1.3 HQ";
  environment.cpu_model = "a processor";
  environment.memory_bytes = 16000000000;
  return environment;
}

void AddRun(Record* record) {
  record->actions = {{"embed", "0123"}, {"probe", "4567"}};
  RecordTiming timing;
  timing.started = "2026-11-22T19:50:19Z";
  timing.finished = "2026-11-22T19:56:00Z";
  timing.actions = {{12.5, 1 << 30, false}, {0.25, 1 << 20, true}};
  record->timing = timing;
}

void AddComparison(Record* record) {
  ComparisonRecord comparison;
  comparison.model = "multicultural_cpt";
  comparison.against = "base";
  comparison.dataset = "lyra";
  comparison.difference = 0.125;
  comparison.low = -0.01;
  comparison.high = 0.25;
  comparison.p = 0.04;
  comparison.p_holm = 0.08;
  record->comparisons = {comparison};
}

MetricResult LargeMetric(Metric name, int seeds, int tags, double offset) {
  MetricResult metric;
  metric.metric = name;
  for (int seed = 0; seed < seeds; ++seed) {
    std::vector<double>& row = metric.by_tag.emplace_back();
    for (int tag = 0; tag < tags; ++tag) {
      row.push_back(0.5 + 0.4 * std::sin(offset + seed * 7.1 + tag * 1.3));
    }
    metric.values.push_back(std::accumulate(row.begin(), row.end(), 0.0) /
                            tags);
  }
  metric.mean =
      std::accumulate(metric.values.begin(), metric.values.end(), 0.0) / seeds;
  metric.deviation = 0.0123456789012345;
  metric.low = 0.4123456789012345;
  metric.high = 0.6123456789012345;
  metric.scored_tags = tags;
  if (name == Metric::kMicroF1) metric.by_tag.clear();
  return metric;
}

DatasetRecord LargeDataset(const std::string& name, int tags) {
  DatasetRecord dataset = SampleDataset();
  dataset.name = name;
  dataset.tags.clear();
  for (int tag = 0; tag < tags; ++tag) {
    dataset.tags.push_back(absl::StrCat("instrument--number ", tag));
  }
  dataset.tag_groups.assign(tags, "instrument");
  dataset.tag_positives.assign(tags, 2);
  return dataset;
}

}  // namespace

Record SampleRecord() {
  Record record;
  record.experiment = "multicultural_cpt";
  record.title = "CultureMERT";
  record.profile = "smoke";
  record.configuration = R"({"passes":1.5,"stages":["one","two"]})";
  record.configuration_hash = HashBytes(record.configuration);
  record.code = {"0123456789abcdef0123456789abcdef01234567", true};
  record.environment = SampleEnvironment();
  record.seeds = {0, 18446744073709551615u};
  CorpusRecord corpus;
  corpus.name = "makam";
  corpus.culture = "makam";
  corpus.recordings = 12;
  corpus.hours = 0.5;
  corpus.ids_hash = HashOfIds({"x"});
  corpus.synthetic = true;
  record.corpora = {corpus};
  record.datasets = {SampleDataset()};
  record.models = {{"base", "MERT", "", "shipped"},
                   {"multicultural_cpt", "CultureMERT", "89ab", "trained"}};
  record.results = {SampleResult("base", 0.5, 0.75),
                    SampleResult("multicultural_cpt", 0.625, 0.875)};
  AddComparison(&record);
  record.series = {{"training_loss",
                    "stage 1",
                    "update",
                    "nats a frame",
                    {0, 100},
                    {7.5, 4.25},
                    {7, 4},
                    {8, 4.5}}};
  record.notes = {{"tokenizer", "k-means, as no EnCodec weights were given"}};
  AddRun(&record);
  return record;
}

DatasetPredictions SamplePredictions() {
  DatasetPredictions predictions;
  predictions.dataset = "lyra";
  predictions.truth.ids = {"a", "b", "c, \"d\""};
  predictions.truth.tags = SampleDataset().tags;
  predictions.truth.values = {1, 0, 0, 0, 1, 0, 0, 1, 0};
  for (const char* model : {"base", "multicultural_cpt"}) {
    for (const std::uint64_t seed : {std::uint64_t{0}, ~std::uint64_t{0}}) {
      DatasetPredictions::Scores scores;
      scores.model = model;
      scores.seed = seed;
      scores.values = {0.1f, 0.25f, 1.f / 3, 1e-7f, 1, 0, 0.9f, 0.5f, 1e-30f};
      predictions.scores.push_back(scores);
    }
  }
  return predictions;
}

Record LargeRecord() {
  constexpr int kSeeds = 5;
  constexpr int kTags = 50;
  Record record = SampleRecord();
  record.datasets.clear();
  record.models.clear();
  record.results.clear();
  record.comparisons.clear();
  record.seeds = {0, 1, 2, 3, 4};
  for (int i = 0; i < 6; ++i) {
    record.datasets.push_back(LargeDataset(absl::StrCat("set", i), kTags));
  }
  for (int i = 0; i < 4; ++i) {
    const std::string model = absl::StrCat("model", i);
    record.models.push_back({model, model, "", ""});
    for (const DatasetRecord& dataset : record.datasets) {
      ResultRecord result;
      result.model = model;
      result.dataset = dataset.name;
      result.seeds = record.seeds;
      result.recordings = 3;
      for (const Metric metric : {Metric::kRocAuc, Metric::kAveragePrecision,
                                  Metric::kMicroF1, Metric::kMacroF1}) {
        result.metrics.push_back(LargeMetric(metric, kSeeds, kTags,
                                             i + 0.1 * record.results.size()));
      }
      record.results.push_back(result);
    }
  }
  return record;
}

}  // namespace culturemert
