namespace AkkaPrivacy.Hosting.Demo;

/// <summary>Names of the queries in <c>demo.conf</c>, whose true numbers the generator knows.</summary>
internal static class DemoQueries
{
    /// <summary>Views by page and hour.</summary>
    public const string PageViews = "page-views";

    /// <summary>Distinct visitors by hour.</summary>
    public const string Visitors = "visitors";

    /// <summary>Distinct visitors by site and day.</summary>
    public const string VisitorsBySite = "visitors-by-site";
}
