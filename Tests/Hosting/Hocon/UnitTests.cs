using Xunit;
using static AkkaPrivacy.Tests.Hosting.Hocon.HoconTesting;

namespace AkkaPrivacy.Tests.Hosting.Hocon;

public sealed class UnitTests
{
    [Theory]
    [InlineData("5", 50_000)]
    [InlineData("100 ns", 1)]
    [InlineData("1000nanos", 10)]
    [InlineData("1 us", 10)]
    [InlineData("\" 2 micros \"", 20)]
    [InlineData("10ms", 100_000)]
    [InlineData("1.5 milliseconds", 15_000)]
    [InlineData("1s", 10_000_000)]
    [InlineData("2 seconds", 20_000_000)]
    [InlineData("1 m", 600_000_000)]
    [InlineData("0.5 minutes", 300_000_000)]
    [InlineData("1h", 36_000_000_000)]
    [InlineData("1 day", 864_000_000_000)]
    [InlineData("7d", 6_048_000_000_000)]
    [InlineData("-1s", -10_000_000)]
    [InlineData("1e3 ms", 10_000_000)]
    public void Durations_are_exact(string text, long ticks)
    {
        Assert.True(Scalar(text).TryGetDuration(out var value));
        Assert.Equal(ticks, value.Ticks);
    }

    [Theory]
    [InlineData("1 S")]
    [InlineData("1 ns")]
    [InlineData("10 weeks")]
    [InlineData("ms")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("1e300 d")]
    [InlineData("20000000 d")]
    [InlineData("1 0 ms")]
    public void Other_durations_are_refused(string text) => Assert.False(Scalar(text).TryGetDuration(out _));

    [Theory]
    [InlineData("10", 10)]
    [InlineData("10B", 10)]
    [InlineData("1 byte", 1)]
    [InlineData("1kB", 1000)]
    [InlineData("2 kilobytes", 2000)]
    [InlineData("1K", 1024)]
    [InlineData("1k", 1024)]
    [InlineData("1Ki", 1024)]
    [InlineData("0.5 KiB", 512)]
    [InlineData("3 kibibytes", 3072)]
    [InlineData("1MB", 1_000_000)]
    [InlineData("1M", 1_048_576)]
    [InlineData("1m", 1_048_576)]
    [InlineData("1 GiB", 1_073_741_824)]
    [InlineData("1T", 1_099_511_627_776)]
    [InlineData("1PB", 1_000_000_000_000_000)]
    [InlineData("7E", 8_070_450_532_247_928_832)]
    [InlineData("1 exabyte", 1_000_000_000_000_000_000)]
    public void Sizes_know_both_families_of_units(string text, long bytes)
    {
        Assert.True(Scalar(text).TryGetSize(out var value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("1KB")]
    [InlineData("8E")]
    [InlineData("1Z")]
    [InlineData("-1B")]
    [InlineData("1.5B")]
    [InlineData("x")]
    [InlineData("null")]
    public void Other_sizes_are_refused(string text) => Assert.False(Scalar(text).TryGetSize(out _));

    [Theory]
    [InlineData("42", 42L)]
    [InlineData("\"42\"", 42L)]
    [InlineData("-0", 0L)]
    [InlineData("1e3", 1000L)]
    [InlineData("2.0", 2L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("9223372036854775808", null)]
    [InlineData("1.5", null)]
    [InlineData("1e-30", null)]
    [InlineData("1.00000000000000000000000000001", null)]
    [InlineData("007", null)]
    [InlineData("0x10", null)]
    [InlineData("true", null)]
    [InlineData("null", null)]
    [InlineData("NaN", null)]
    public void Whole_numbers_are_read_exactly_or_not_at_all(string text, long? expected) =>
        Assert.Equal(expected, Scalar(text).TryGetInt64(out var value) ? value : null);

    [Theory]
    [InlineData("1.5", 1.5)]
    [InlineData("\"-2e-3\"", -0.002)]
    [InlineData("1e999", null)]
    [InlineData("Infinity", null)]
    [InlineData("1.", null)]
    [InlineData("null", null)]
    public void Numbers_are_finite(string text, double? expected) =>
        Assert.Equal(expected, Scalar(text).TryGetDouble(out var value) ? value : null);

    [Theory]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("\"on\"", true)]
    [InlineData("false", false)]
    [InlineData("no", false)]
    [InlineData("off", false)]
    [InlineData("True", null)]
    [InlineData("1", null)]
    [InlineData("null", null)]
    [InlineData("\"null\"", null)]
    public void Booleans_have_six_words(string text, bool? expected) =>
        Assert.Equal(expected, Scalar(text).TryGetBoolean(out var value) ? value : null);
}
