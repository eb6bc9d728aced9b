using AkkaPrivacy.Operators.Generalise;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Generalise;

public sealed class UserAgentFamilyTreatmentTests
{
    private const string Windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ";
    private const string Android = "Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) ";
    private const string IPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ";

    [Theory]
    [InlineData(Windows + "Chrome/120.0.0.0 Safari/537.36", "Chrome")]
    [InlineData(IPhone + "CriOS/120.0 Mobile/15E148 Safari/604.1", "Chrome")]
    [InlineData(Windows + "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91", "Edge")]
    [InlineData(Windows + "Chrome/64.0 Safari/537.36 Edge/17.17134", "Edge")]
    [InlineData(Windows + "Chrome/120.0.0.0 Safari/537.36 OPR/106.0", "Opera")]
    [InlineData("Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.16", "Opera")]
    [InlineData("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; en) Opera 8.0", "Opera")]
    [InlineData(Android + "SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36", "Samsung Internet")]
    [InlineData("Mozilla/5.0 (Linux; Android 13; Pixel 7; wv) AppleWebKit/537.36 Version/4.0 Chrome/120.0 Mobile Safari/537.36", "Android WebView")]
    [InlineData("Mozilla/5.0 (Linux; U; Android 4.0.3; de) AppleWebKit/534.30 Version/4.0 Mobile Safari/534.30", "Android Browser")]
    [InlineData("Mozilla/5.0 (Linux; Android 12; CUBOT_X50) AppleWebKit/537.36 Chrome/99.0 Mobile Safari/537.36", "Chrome")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", "Firefox")]
    [InlineData(IPhone + "FxiOS/121.0 Mobile/15E148 Safari/605.1.15", "Firefox")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.2 Safari/605.1.15", "Safari")]
    [InlineData(IPhone + "Mobile/15E148", "iOS WebView")]
    [InlineData("Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)", "Internet Explorer")]
    [InlineData("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer")]
    [InlineData("curl/8.5.0", "curl")]
    [InlineData("python-requests/2.31.0", "http-library")]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot")]
    [InlineData(Android + "Chrome/120.0 Mobile Safari/537.36 (compatible; GoogleBot/2.1)", "bot")]
    [InlineData("Mozilla/5.0 (compatible; Baiduspider/2.0)", "bot")]
    [InlineData(Windows + "HeadlessChrome/120.0 Safari/537.36", "bot")]
    [InlineData("CUBOT; Twitterbot/1.0", "bot")]
    [InlineData("ünknown", "other")]
    [InlineData("Mozilla/5.0", "other")]
    [InlineData("-", TestColumns.Missing)]
    [InlineData("", TestColumns.Missing)]
    [InlineData(null, TestColumns.Missing)]
    public void Names_the_family_of_a_header(string? header, string expected)
    {
        using var harness = NewHarness();
        Assert.Equal([expected], harness.Texts("agent", header));
    }

    [Fact]
    public void Letter_case_does_not_matter_also_beside_other_bytes()
    {
        using var harness = NewHarness();
        Assert.Equal(["Firefox", "Firefox"], harness.Texts("agent", "FIREFOX/3", "é FIREFOX/3"));
    }

    [Fact]
    public void Only_the_first_bytes_are_looked_at()
    {
        using var harness = NewHarness();
        var padding = new string('x', UserAgentFamilies.MaxBytes - "firefox/".Length);
        Assert.Equal(["Firefox", "other"], harness.Texts("agent", padding + "firefox/", padding + "xfirefox/"));
    }

    [Fact]
    public void A_family_does_not_depend_on_the_rows_around_it()
    {
        string[] headers = [.. Enumerable.Range(0, 3000).Select(i => $"{(i % 3 == 0 ? "Firefox" : i % 3 == 1 ? "Chrome" : "X")}/{i * 7919 % 2000}")];
        using var harness = NewHarness();
        for (var round = 0; round < 2; round++)
        {
            string[] expected = [.. headers.Select(header => header[0] switch { 'F' => "Firefox", 'C' => "Chrome", _ => "other" })];
            Assert.Equal(expected, harness.Texts("agent", headers));
            Array.Reverse(headers);
        }
    }

    [Fact]
    public void The_version_of_the_table_is_part_of_the_description() =>
        Assert.Equal("user-agent-family(rules=1)", new UserAgentFamilyTreatment().Description);

    private static StageHarness NewHarness() =>
        new(TestColumns.RawText("agent"), new GeneraliseOperator("agent", new UserAgentFamilyTreatment()));
}
