// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <QString>
#include <QtTest>

#include <string>

namespace shardlens::test {

/// The id of the rule that a result failed with, or `ok`.
template <typename T>
std::string ruleOf(const Result<T>& result) {
    return result ? std::string("ok") : std::string(result.error().rule->id);
}

template <typename T>
std::string describeIfBad(const Result<T>& result) {
    return result ? std::string() : std::string(result.error().rule->id) + ": " + describe(result.error());
}

} // namespace shardlens::test

/// Fails the test with the error's own words.
#define VERIFY_OK(...)                                                                                       \
    do {                                                                                                     \
        const auto& outcomeOfCall = (__VA_ARGS__);                                                           \
        QVERIFY2(outcomeOfCall.has_value(), ::shardlens::test::describeIfBad(outcomeOfCall).c_str());        \
    } while (false)

/// Compares two texts of the standard library, showing both.
#define COMPARE_TEXT(actual, expected)                                                                       \
    QCOMPARE(QString::fromStdString(std::string(actual)), QString::fromStdString(std::string(expected)))

/// `VERIFY_RULE(open(path), "io.not-found")`
#define VERIFY_RULE(result, id) COMPARE_TEXT(::shardlens::test::ruleOf(result), id)
