using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;

/// <summary>Seeds and times: to the test's output, and to the file that AKKAPRIVACY_CLUSTER_REPORT names.</summary>
internal static class Report
{
    public static void Write(ITestOutputHelper output, string text)
    {
        output.WriteLine(text);
        if (Environment.GetEnvironmentVariable("AKKAPRIVACY_CLUSTER_REPORT") is { Length: > 0 } file)
        {
            File.AppendAllText(file, text + Environment.NewLine);
        }
    }
}
