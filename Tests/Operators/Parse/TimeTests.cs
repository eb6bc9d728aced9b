using System.Globalization;
using System.Text;
using AkkaPrivacy.Operators.Parse;
using Xunit;
using static AkkaPrivacy.Tests.Operators.Parse.Fields;

namespace AkkaPrivacy.Tests.Operators.Parse;

public sealed class TimeTests
{
    private readonly ParseHarness _harness = new(new ParseJsonLines(Map(Event())));

    [Theory]
    [InlineData("\"2015-05-17T10:05:03Z\"", 0)]
    [InlineData("\"2015-05-17t10:05:03z\"", 0)]
    [InlineData("\"2015-05-17 12:05:03+02:00\"", 0)]
    [InlineData("\"2015-05-17T04:35:03-0530\"", 0)]
    [InlineData("\"2015-05-17T12:05:03+02\"", 0)]
    [InlineData("\"2015-05-17T10:05:03.1Z\"", 100)]
    [InlineData("\"2015-05-17T10:05:03,12Z\"", 120)]
    [InlineData("\"2015-05-17T10:05:03.123456789123456789Z\"", 123)]
    [InlineData("\"2015-05-17T10:04:60Z\"", -3000)]
    [InlineData("\"2015-05-17T10:05:03\\u005a\"", 0)]
    [InlineData("1431857103", 0)]
    [InlineData("1431857103.9999", 999)]
    [InlineData("1.431857103e9", 0)]
    [InlineData("1431857103000", 0)]
    [InlineData("1431857103000.9", 0)]
    [InlineData("14318571035e2", 500)]
    public void Reads(string text, long offset) => Assert.Equal(1431857103000 + offset, _harness.One($$"""{"time":{{text}}}""")["$time"]);

    [Theory]
    [InlineData("")]
    [InlineData("2015-05-17T10:05:03")]
    [InlineData("2015-05-17T10:05:03.Z")]
    [InlineData("2015-05-17T10:05:03.1")]
    [InlineData("2015-05-17T10:05:03Zx")]
    [InlineData("2015-05-17T10:05:03+2:00")]
    [InlineData("2015-05-17T10:05:03+24:00")]
    [InlineData("2015-05-17T10:05:03+02:60")]
    [InlineData("2015-05-17T10:05:61Z")]
    [InlineData("2015-05-17T10:60:03Z")]
    [InlineData("2015-05-17T24:05:03Z")]
    [InlineData("2015-02-29T10:05:03Z")]
    [InlineData("2015-13-01T10:05:03Z")]
    [InlineData("2015-00-01T10:05:03Z")]
    [InlineData("2015-05-17X10:05:03Z")]
    [InlineData("20150517T100503Z1234567")]
    [InlineData("1431857103")]
    public void Refuses(string text)
    {
        _harness.One("""{"time":"2015-05-17T10:05:03Z"}""");
        Assert.Equal("time", _harness.Refused($$"""{"time":"{{text}}"}""").Field);
    }

    [Fact]
    public void Agrees_with_the_platform_on_random_instants()
    {
        var random = new Random(11);
        var iso = new IsoTime();
        var log = new LogTime();
        for (var i = 0; i < 20_000; i++)
        {
            // Near the one before, most of the time.
            var time = new DateTimeOffset(random.NextInt64(DateTime.UnixEpoch.Ticks, new DateTime(2300, 1, 1).Ticks), TimeSpan.Zero)
                .ToOffset(TimeSpan.FromMinutes(random.Next(-14 * 60, 14 * 60)));
            for (var near = 0; near < 3; near++, time = time.AddMilliseconds(random.Next(40_000)))
            {
                var bytes = new byte[128];
                var length = Encoding.ASCII.GetBytes(time.ToString("yyyy-MM-ddTHH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture), bytes);
                Assert.True(iso.TryRead(ref bytes[0], length, out var milliseconds));
                Assert.Equal(time.ToUnixTimeMilliseconds(), milliseconds);

                var text = time.ToString("dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture);
                Encoding.ASCII.GetBytes(text.Remove(text.Length - 3, 1), bytes);
                Assert.True(log.TryRead(ref bytes[0], out milliseconds));
                Assert.Equal(time.ToUnixTimeSeconds() * 1000, milliseconds);
            }
        }
    }
}
