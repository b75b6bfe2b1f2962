#include "models/ops/elementary.h"

#include <cmath>

#include "gtest/gtest.h"

namespace culturemert {
namespace {

constexpr int kPoints = 200001;

// Points from -span to span.
double At(int i, double span) { return (2.0 * i / (kPoints - 1) - 1) * span; }

TEST(ElementaryTest, ExpIsNearTheExactOne) {
  for (int i = 0; i < kPoints; ++i) {
    const float x = static_cast<float>(At(i, 86));
    const double exact = std::exp(static_cast<double>(x));
    ASSERT_NEAR(Exp(x) / exact, 1, 5e-7) << x;
  }
}

TEST(ElementaryTest, ExpStaysFiniteAndPositiveOutsideItsRange) {
  EXPECT_GT(Exp(-1e30f), 0.0f);
  EXPECT_LT(Exp(-1e30f), 1e-37f);
  EXPECT_TRUE(std::isfinite(Exp(1e30f)));
}

TEST(ElementaryTest, ErfIsNearTheExactOne) {
  for (int i = 0; i < kPoints; ++i) {
    const float x = static_cast<float>(At(i, 6));
    ASSERT_NEAR(Erf(x), std::erf(static_cast<double>(x)), 5e-7) << x;
  }
}

TEST(ElementaryTest, GeluIsNearTheExactOne) {
  for (int i = 0; i < kPoints; ++i) {
    const float x = static_cast<float>(At(i, 10));
    ASSERT_NEAR(Gelu(x), Gelu(static_cast<double>(x)), 3e-6) << x;
  }
}

TEST(ElementaryTest, GeluDerivativeIsTheSlopeOfGelu) {
  constexpr double kStep = 1e-6;
  for (int i = 0; i < kPoints; i += 100) {
    const double x = At(i, 6);
    const double slope = (Gelu(x + kStep) - Gelu(x - kStep)) / (2 * kStep);
    ASSERT_NEAR(GeluDerivative(x), slope, 1e-8) << x;
    ASSERT_NEAR(GeluDerivative(static_cast<float>(x)), GeluDerivative(x), 2e-6)
        << x;
  }
}

}  // namespace
}  // namespace culturemert
