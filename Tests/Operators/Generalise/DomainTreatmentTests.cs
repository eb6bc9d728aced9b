using AkkaPrivacy.Operators.Generalise;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Generalise;

public sealed class DomainTreatmentTests
{
    [Theory]
    [InlineData("http://www.Example.com/", "example.com")]
    [InlineData("HTTPS://Example.COM", "example.com")]
    [InlineData("https://ann:pass@mail.example.com:8443/inbox?u=ann@x.org#top", "example.com")]
    [InlineData("https://a@b@example.com/", "example.com")]
    [InlineData("https://example.com?u=http://other.org/", "example.com")]
    [InlineData("https://example.com#frag", "example.com")]
    [InlineData("https://example.com\\@other.org", "example.com")]
    [InlineData("https://example.com./", "example.com")]
    [InlineData("https://news.bbc.co.uk/1/hi", "bbc.co.uk")]
    [InlineData("https://www.gov.uk/", "gov.uk")]
    [InlineData("https://a.b.museum/", "b.museum")]
    [InlineData("https://t.co/x", "t.co")]
    [InlineData("https://www.de/", "www.de")]
    [InlineData("https://ann.github.io/", "github.io")]
    [InlineData("http://xn--mnchen-3ya.de/", "xn--mnchen-3ya.de")]
    [InlineData("http://83.149.9.216:8080/x", "ip")]
    [InlineData("http://[2001:db8::1]:8080/x", "ip")]
    [InlineData("http://[2001:db8::1]/x", "ip")]
    [InlineData("http://[nonsense]/x", "other")]
    [InlineData("http://[", "other")]
    [InlineData("http://anns-laptop/", "other")]
    [InlineData("http://localhost:80/", "other")]
    [InlineData("http://a..b/", "other")]
    [InlineData("http://exa mple.com/", "other")]
    [InlineData("http://münchen.de/", "other")]
    [InlineData("http://example.com:80x/", "other")]
    [InlineData("http://", "other")]
    [InlineData("http:example.com", "other")]
    [InlineData("//example.com/", "other")]
    [InlineData("example.com", "other")]
    [InlineData("android-app://com.example.mail/", "other")]
    [InlineData("about:blank", "other")]
    [InlineData("-", TestColumns.Missing)]
    [InlineData("", TestColumns.Missing)]
    [InlineData(null, TestColumns.Missing)]
    public void Names_the_domain_of_a_url(string? url, string expected)
    {
        using var harness = new StageHarness(TestColumns.RawText("ref"), new GeneraliseOperator("ref", new DomainTreatment()));
        Assert.Equal([expected], harness.Texts("ref", url));
    }

    [Fact]
    public void Subdomains_stay_when_asked_for_but_www_goes()
    {
        var treatment = new DomainTreatment(keepSubdomains: true);
        using var harness = new StageHarness(TestColumns.RawText("ref"), new GeneraliseOperator("ref", treatment));
        Assert.Equal(["news.bbc.co.uk", "bbc.co.uk"], harness.Texts("ref", "http://News.BBC.co.uk/", "http://www.bbc.co.uk/"));
        Assert.Equal("domain(subdomains=keep)", treatment.Description);
    }

    [Fact]
    public void Names_and_labels_that_are_too_long_are_none()
    {
        using var harness = new StageHarness(TestColumns.RawText("ref"), new GeneraliseOperator("ref", new DomainTreatment()));
        var label = new string('a', 63);
        var longest = $"{label}.{label}.{label}.{new string('b', 61)}";
        Assert.Equal(
            [$"{label}.{new string('b', 61)}", "other", "other"],
            harness.Texts("ref", $"http://{longest}/", $"http://{longest}c/", $"http://a{label}.com/"));
    }
}
