#include "experiments/study/study_workers.h"

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/mert/mert_config.h"

namespace culturemert {
namespace {

constexpr int kThreads = 5;

StudyContext Context() {
  StudyContext context;
  context.threads = kThreads;
  return context;
}

// One row: random weights of this shape.
ExperimentConfig StudyOf(absl::string_view preset) {
  ExperimentConfig config;
  config.base.shape = MertPreset(preset).value();
  ModelConfig model;
  model.label = "random";
  model.kind = ModelKind::kRandom;
  model.from = "nothing";
  config.models[model.label] = model;
  config.rows = {model.label};
  return config;
}

TEST(WorkersForTest, SmallModelsGetOneAThreadOnACpu) {
  const ExperimentConfig small = StudyOf("mini");
  EXPECT_EQ(WorkersFor(0, Context(), /*is_on_cpu=*/true, {&small}), kThreads);
  StudyContext many;
  many.threads = kMostWorkers + 1;
  EXPECT_EQ(WorkersFor(0, many, /*is_on_cpu=*/true, {&small}), kMostWorkers);
}

TEST(WorkersForTest, AWideModelAmongThemLeavesOne) {
  const ExperimentConfig small = StudyOf("mini");
  const ExperimentConfig wide = StudyOf("mert_95m");
  EXPECT_EQ(WorkersFor(0, Context(), /*is_on_cpu=*/true, {&wide}), 1);
  EXPECT_EQ(WorkersFor(0, Context(), /*is_on_cpu=*/true, {&small, &wide}), 1);
}

TEST(WorkersForTest, AGpuIsNotShared) {
  const ExperimentConfig small = StudyOf("mini");
  EXPECT_EQ(WorkersFor(0, Context(), /*is_on_cpu=*/false, {&small}), 1);
}

TEST(WorkersForTest, WhatIsGivenHolds) {
  const ExperimentConfig small = StudyOf("mini");
  const ExperimentConfig wide = StudyOf("mert_95m");
  EXPECT_EQ(WorkersFor(1, Context(), /*is_on_cpu=*/true, {&small}), 1);
  EXPECT_EQ(WorkersFor(3, Context(), /*is_on_cpu=*/false, {&wide}), 3);
}

}  // namespace
}  // namespace culturemert
