namespace AkkaPrivacy.LoadTests;

internal static class Program
{
    private static int Main() => 0;
}
